-- The platform of schema version 2, as govsync wrote it; databases of it are migrated.
BEGIN TRANSACTION;
CREATE TABLE answers (
	city TEXT NOT NULL,
	"key" TEXT NOT NULL,
	request TEXT NOT NULL,
	status INTEGER NOT NULL,
	content BLOB NOT NULL,
	at VARCHAR(27) NOT NULL,
	PRIMARY KEY (city, "key")
);
CREATE TABLE disputed (
	origin TEXT NOT NULL,
	size INTEGER NOT NULL,
	root BLOB NOT NULL,
	why TEXT NOT NULL,
	note TEXT NOT NULL,
	at VARCHAR(27) NOT NULL,
	PRIMARY KEY (origin, size, root)
);
CREATE TABLE feedback (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	city TEXT NOT NULL,
	kind TEXT NOT NULL,
	item TEXT DEFAULT '' NOT NULL,
	text TEXT NOT NULL,
	due VARCHAR(27),
	at VARCHAR(27) NOT NULL,
	acknowledged_at VARCHAR(27)
);
CREATE TABLE items (
	city TEXT NOT NULL,
	id TEXT NOT NULL,
	rev INTEGER NOT NULL,
	digest TEXT NOT NULL,
	state TEXT NOT NULL,
	record JSON,
	public_url TEXT DEFAULT '' NOT NULL,
	errors JSON NOT NULL,
	seq INTEGER NOT NULL,
	at VARCHAR(27) NOT NULL,
	PRIMARY KEY (city, id)
);
CREATE TABLE meta (
	"key" TEXT NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY ("key")
);
INSERT INTO "meta" VALUES('schema','2');
CREATE TABLE nonces (
	city TEXT NOT NULL,
	key_id TEXT NOT NULL,
	nonce TEXT NOT NULL,
	at VARCHAR(27) NOT NULL,
	PRIMARY KEY (key_id, nonce)
);
CREATE TABLE pages (
	city TEXT NOT NULL,
	id TEXT NOT NULL,
	rev INTEGER NOT NULL,
	record JSON,
	at VARCHAR(27) NOT NULL,
	PRIMARY KEY (city, id)
);
CREATE TABLE receipts (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	city TEXT NOT NULL,
	item TEXT NOT NULL,
	rev INTEGER NOT NULL,
	digest TEXT NOT NULL,
	event TEXT NOT NULL,
	detail TEXT DEFAULT '' NOT NULL,
	at VARCHAR(27) NOT NULL
);
CREATE TABLE witnessed (
	origin TEXT NOT NULL,
	city TEXT NOT NULL,
	size INTEGER NOT NULL,
	root BLOB NOT NULL,
	note TEXT NOT NULL,
	at VARCHAR(27) NOT NULL,
	PRIMARY KEY (origin)
);
CREATE INDEX items_waiting ON items (state, seq);
CREATE INDEX pages_newest ON pages (at);
CREATE INDEX receipts_of_city ON receipts (city, seq);
CREATE INDEX nonces_by_time ON nonces (at, city);
CREATE INDEX answers_by_time ON answers (at);
CREATE INDEX feedback_of_city ON feedback (city, seq);
COMMIT;
