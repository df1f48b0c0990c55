-- The ledger of schema version 1, as govsync wrote it; databases of it are migrated.
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
INSERT INTO "meta" VALUES('schema','1');
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
CREATE INDEX obligation_open ON obligation (channel, state, due_at);
CREATE INDEX obligation_record ON obligation (record);
COMMIT;
