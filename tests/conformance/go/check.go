// Check a log of govsync with the code that guards Go's own checksum database.
//
// usage: check KEY NEWEST OLDER LOG PROOF CONSISTENCY
//
// The names of files but for KEY: two signed checkpoints, an exported log, a
// tlog-proof, and the hashes of a consistency proof, each in base64 on a line.
package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func must(what string, err error) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", what, err)
		os.Exit(1)
	}
}

func read(path string) []byte {
	content, err := os.ReadFile(path)
	must("file", err)
	return content
}

func hash(line string) (h tlog.Hash) {
	content, err := base64.StdEncoding.DecodeString(line)
	must("hash", err)
	copy(h[:], content)
	return h
}

func open(key string, signed []byte) (int64, tlog.Hash) {
	verifier, err := note.NewVerifier(key)
	must("key", err)
	opened, err := note.Open(signed, note.VerifierList(verifier))
	must("note", err)
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must("size", err)
	return size, hash(lines[2])
}

type stored []tlog.Hash

func (s stored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var found []tlog.Hash
	for _, index := range indexes {
		found = append(found, s[index])
	}
	return found, nil
}

func main() {
	key := os.Args[1]
	size, root := open(key, read(os.Args[2]))
	oldSize, oldRoot := open(key, read(os.Args[3]))

	var hashes stored
	for i, line := range bytes.Split(bytes.TrimSuffix(read(os.Args[4]), []byte("\n")), []byte("\n")) {
		if int64(i) == size {
			break
		}
		more, err := tlog.StoredHashes(int64(i), line, hashes)
		must("leaf", err)
		hashes = append(hashes, more...)
	}
	computed, err := tlog.TreeHash(size, hashes)
	must("tree", err)
	if computed != root {
		must("tree", fmt.Errorf("another root"))
	}

	lines, signed, _ := strings.Cut(string(read(os.Args[5])), "\n\n")
	parts := strings.Split(lines, "\n")
	index, err := strconv.ParseInt(strings.TrimPrefix(parts[2], "index "), 10, 64)
	must("index", err)
	body, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(parts[1], "extra "))
	must("extra", err)
	var path tlog.RecordProof
	for _, line := range parts[3:] {
		path = append(path, hash(line))
	}
	proofSize, proofRoot := open(key, []byte(signed))
	must("record", tlog.CheckRecord(path, proofSize, proofRoot, index, tlog.RecordHash(body)))

	var growth tlog.TreeProof
	for _, line := range strings.Fields(string(read(os.Args[6]))) {
		growth = append(growth, hash(line))
	}
	must("growth", tlog.CheckTree(growth, size, root, oldSize, oldRoot))
	fmt.Printf("%d entries hold\n", size)
}
