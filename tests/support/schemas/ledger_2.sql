-- The ledger of schema version 2, as govsync wrote it; databases of it are migrated.
BEGIN TRANSACTION;
CREATE TABLE audit (
	seq INTEGER NOT NULL,
	at VARCHAR(27) NOT NULL,
	record TEXT NOT NULL,
	channel TEXT NOT NULL,
	body BLOB,
	leaf BLOB NOT NULL,
	PRIMARY KEY (seq)
);
CREATE TABLE audit_head (
	id INTEGER NOT NULL,
	size INTEGER NOT NULL,
	frontier BLOB NOT NULL,
	PRIMARY KEY (id)
);
CREATE TABLE channel (
	name TEXT NOT NULL,
	state TEXT DEFAULT 'closed' NOT NULL,
	failures INTEGER DEFAULT '0' NOT NULL,
	trips INTEGER DEFAULT '0' NOT NULL,
	until VARCHAR(27),
	reason TEXT DEFAULT '' NOT NULL,
	step TEXT DEFAULT '' NOT NULL,
	cursor TEXT DEFAULT '' NOT NULL,
	PRIMARY KEY (name)
);
CREATE TABLE checkpoint (
	size INTEGER NOT NULL,
	root BLOB NOT NULL,
	text TEXT NOT NULL,
	at VARCHAR(27) NOT NULL,
	PRIMARY KEY (size)
);
CREATE TABLE feedback (
	channel TEXT NOT NULL,
	id TEXT NOT NULL,
	record TEXT NOT NULL,
	json JSON NOT NULL,
	at VARCHAR(27) NOT NULL,
	PRIMARY KEY (channel, id)
);
CREATE TABLE finding (
	record TEXT NOT NULL,
	position INTEGER NOT NULL,
	severity TEXT NOT NULL,
	channel TEXT NOT NULL,
	json JSON NOT NULL,
	PRIMARY KEY (record, position),
	FOREIGN KEY(record) REFERENCES record (id)
);
CREATE TABLE meta (
	"key" TEXT NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY ("key")
);
INSERT INTO "meta" VALUES('schema','2');
CREATE TABLE obligation (
	channel TEXT NOT NULL,
	record TEXT NOT NULL,
	op TEXT NOT NULL,
	revision INTEGER NOT NULL,
	digest TEXT NOT NULL,
	state TEXT NOT NULL,
	due_at VARCHAR(27) NOT NULL,
	priority INTEGER NOT NULL,
	attempts INTEGER DEFAULT '0' NOT NULL,
	reason TEXT DEFAULT '' NOT NULL,
	step TEXT DEFAULT '' NOT NULL,
	cause TEXT DEFAULT '' NOT NULL,
	sent_op TEXT,
	sent_revision INTEGER,
	held_op TEXT,
	held_revision INTEGER,
	held_digest TEXT,
	receipt JSON,
	pending JSON,
	waits_for TEXT DEFAULT '' NOT NULL,
	verified_at VARCHAR(27),
	owner TEXT DEFAULT '' NOT NULL,
	until VARCHAR(27),
	fence INTEGER DEFAULT '0' NOT NULL,
	PRIMARY KEY (channel, record),
	FOREIGN KEY(record) REFERENCES record (id)
);
CREATE TABLE quota (
	channel TEXT NOT NULL,
	name TEXT NOT NULL,
	window_start VARCHAR(27) NOT NULL,
	used INTEGER NOT NULL,
	PRIMARY KEY (channel, name, window_start)
);
CREATE TABLE record (
	id TEXT NOT NULL,
	revision INTEGER NOT NULL,
	digest TEXT NOT NULL,
	source TEXT NOT NULL,
	source_digest TEXT NOT NULL,
	title TEXT NOT NULL,
	withdrawn_by TEXT DEFAULT '' NOT NULL,
	accepted_at VARCHAR(27) NOT NULL,
	mark BLOB DEFAULT (x'') NOT NULL,
	screened TEXT DEFAULT '' NOT NULL,
	PRIMARY KEY (id)
);
CREATE TABLE revision (
	record TEXT NOT NULL,
	revision INTEGER NOT NULL,
	digest TEXT NOT NULL,
	json JSON NOT NULL,
	at VARCHAR(27) NOT NULL,
	PRIMARY KEY (record, revision),
	FOREIGN KEY(record) REFERENCES record (id)
);
CREATE TABLE tally (
	subject TEXT NOT NULL,
	channel TEXT NOT NULL,
	state TEXT NOT NULL,
	number INTEGER NOT NULL,
	PRIMARY KEY (subject, channel, state)
);
CREATE TABLE trail (
	channel TEXT NOT NULL,
	record TEXT NOT NULL,
	op TEXT NOT NULL,
	revision INTEGER NOT NULL,
	name TEXT NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (channel, record, op, revision, name)
);
CREATE INDEX audit_record ON audit (record);
CREATE INDEX record_source ON record (source, mark);
CREATE INDEX record_screened ON record (screened, id);
CREATE INDEX finding_severity ON finding (severity);
CREATE INDEX obligation_record ON obligation (record);
CREATE INDEX obligation_open ON obligation (channel, state, due_at);
CREATE INDEX obligation_waiting ON obligation (channel, waits_for) WHERE waits_for != '';
CREATE INDEX obligation_verified ON obligation (channel, state, verified_at);
CREATE INDEX obligation_leased ON obligation (owner) WHERE owner != '';
CREATE TRIGGER tally_record_insert AFTER INSERT ON record BEGIN INSERT INTO tally (subject, channel, state, number) VALUES ('record', '', '', 1) ON CONFLICT (subject, channel, state) DO UPDATE SET number = tally.number + 1; END;
CREATE TRIGGER tally_record_delete AFTER DELETE ON record BEGIN UPDATE tally SET number = number - 1 WHERE (subject, channel, state) = ('record', '', ''); END;
CREATE TRIGGER tally_finding_insert AFTER INSERT ON finding BEGIN INSERT INTO tally (subject, channel, state, number) VALUES ('finding', '', new.severity, 1) ON CONFLICT (subject, channel, state) DO UPDATE SET number = tally.number + 1; END;
CREATE TRIGGER tally_finding_delete AFTER DELETE ON finding BEGIN UPDATE tally SET number = number - 1 WHERE (subject, channel, state) = ('finding', '', old.severity); END;
CREATE TRIGGER tally_finding_update AFTER UPDATE OF severity ON finding WHEN old.severity <> new.severity BEGIN UPDATE tally SET number = number - 1 WHERE (subject, channel, state) = ('finding', '', old.severity); INSERT INTO tally (subject, channel, state, number) VALUES ('finding', '', new.severity, 1) ON CONFLICT (subject, channel, state) DO UPDATE SET number = tally.number + 1; END;
CREATE TRIGGER tally_obligation_insert AFTER INSERT ON obligation BEGIN INSERT INTO tally (subject, channel, state, number) VALUES ('obligation', new.channel, new.state, 1) ON CONFLICT (subject, channel, state) DO UPDATE SET number = tally.number + 1; END;
CREATE TRIGGER tally_obligation_delete AFTER DELETE ON obligation BEGIN UPDATE tally SET number = number - 1 WHERE (subject, channel, state) = ('obligation', old.channel, old.state); END;
CREATE TRIGGER tally_obligation_update AFTER UPDATE OF state ON obligation WHEN old.state <> new.state BEGIN UPDATE tally SET number = number - 1 WHERE (subject, channel, state) = ('obligation', old.channel, old.state); INSERT INTO tally (subject, channel, state, number) VALUES ('obligation', new.channel, new.state, 1) ON CONFLICT (subject, channel, state) DO UPDATE SET number = tally.number + 1; END;
COMMIT;
