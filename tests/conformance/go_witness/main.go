// A witness by c2sp.org/tlog-witness and c2sp.org/tlog-cosignature, on the Go
// project's own notes and trees (golang.org/x/mod/sumdb), for the tests of govsync.
//
//	go_witness serve LOG-KEY NAME     serve on a free port; prints address and key
//	go_witness open WITNESS-KEY LOG-KEY < NOTE     verify a cosigned checkpoint
package main

import (
	"bufio"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const algorithm = 4

func keyID(name string, public []byte) uint32 {
	sum := sha256.Sum256(append([]byte(name+"\n"+string(rune(algorithm))), public...))
	return binary.BigEndian.Uint32(sum[:4])
}

func message(seconds uint64, text []byte) []byte {
	return append([]byte(fmt.Sprintf("cosignature/v1\ntime %d\n", seconds)), text...)
}

type verifier struct {
	name   string
	public ed25519.PublicKey
}

func (v verifier) Name() string    { return v.name }
func (v verifier) KeyHash() uint32 { return keyID(v.name, v.public) }
func (v verifier) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	seconds := binary.BigEndian.Uint64(signature)
	return ed25519.Verify(v.public, message(seconds, text), signature[8:])
}

func parseKey(text string) (verifier, error) {
	parts := strings.SplitN(text, "+", 3)
	if len(parts) != 3 {
		return verifier{}, errors.New("not a key")
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(key) != 33 || key[0] != algorithm {
		return verifier{}, errors.New("not a witness's key")
	}
	v := verifier{parts[0], key[1:]}
	if fmt.Sprintf("%08x", v.KeyHash()) != parts[1] {
		return verifier{}, errors.New("not this key's id")
	}
	return v, nil
}

type signer struct {
	verifier
	private ed25519.PrivateKey
}

func (s signer) Sign(text []byte) ([]byte, error) {
	stamp := make([]byte, 8)
	seconds := uint64(time.Now().Unix())
	binary.BigEndian.PutUint64(stamp, seconds)
	return append(stamp, ed25519.Sign(s.private, message(seconds, text))...), nil
}

type witness struct {
	sync.Mutex
	log    note.Verifier
	signer signer
	size   int64
	root   tlog.Hash
}

func (w *witness) ServeHTTP(out http.ResponseWriter, in *http.Request) {
	w.Lock()
	defer w.Unlock()
	status, body := w.answer(in.Body)
	if status == http.StatusConflict {
		out.Header().Set("Content-Type", "text/x.tlog.size")
	}
	out.WriteHeader(status)
	io.WriteString(out, body)
}

func (w *witness) answer(in io.Reader) (int, string) {
	reader := bufio.NewReader(in)
	var old int64
	if _, err := fmt.Fscanf(reader, "old %d\n", &old); err != nil {
		return http.StatusBadRequest, err.Error()
	}
	var proof tlog.TreeProof
	for {
		line, err := reader.ReadString('\n')
		if err != nil {
			return http.StatusBadRequest, err.Error()
		}
		if line == "\n" {
			break
		}
		hash, err := tlog.ParseHash(strings.TrimSuffix(line, "\n"))
		if err != nil {
			return http.StatusBadRequest, err.Error()
		}
		proof = append(proof, hash)
	}
	text, err := io.ReadAll(reader)
	if err != nil {
		return http.StatusBadRequest, err.Error()
	}
	opened, err := note.Open(text, note.VerifierList(w.log))
	if err != nil {
		return http.StatusForbidden, err.Error()
	}
	lines := strings.Split(opened.Text, "\n")
	if lines[0] != w.log.Name() {
		return http.StatusNotFound, "another log"
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || old > size {
		return http.StatusBadRequest, "not a size"
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return http.StatusBadRequest, err.Error()
	}
	if old != w.size || old == size && root != w.root {
		return http.StatusConflict, fmt.Sprintf("%d\n", w.size)
	}
	if old > 0 && old < size {
		if err := tlog.CheckTree(proof, size, root, old, w.root); err != nil {
			return http.StatusUnprocessableEntity, err.Error()
		}
	} else if len(proof) > 0 {
		return http.StatusUnprocessableEntity, "a proof of nothing"
	}
	signed, err := note.Sign(&note.Note{Text: opened.Text}, w.signer)
	if err != nil {
		return http.StatusInternalServerError, err.Error()
	}
	w.size, w.root = size, root
	return http.StatusOK, string(signed[len(opened.Text)+1:])
}

func serve(logKey, name string) error {
	log, err := note.NewVerifier(logKey)
	if err != nil {
		return err
	}
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	own := signer{verifier{name, public}, private}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	key := base64.StdEncoding.EncodeToString(append([]byte{algorithm}, public...))
	fmt.Printf("http://%s %s+%08x+%s\n", listener.Addr(), name, own.KeyHash(), key)
	mux := http.NewServeMux()
	mux.Handle("/add-checkpoint", &witness{log: log, signer: own})
	return http.Serve(listener, mux)
}

func open(witnessKey, logKey string) error {
	w, err := parseKey(witnessKey)
	if err != nil {
		return err
	}
	log, err := note.NewVerifier(logKey)
	if err != nil {
		return err
	}
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	opened, err := note.Open(text, note.VerifierList(w, log))
	if err != nil {
		return err
	}
	for _, signature := range opened.Sigs {
		fmt.Println(signature.Name)
	}
	return nil
}

func main() {
	call := map[string]func(string, string) error{"serve": serve, "open": open}
	if len(os.Args) != 4 || call[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "go_witness serve LOG-KEY NAME | open WITNESS-KEY LOG-KEY")
		os.Exit(64)
	}
	if err := call[os.Args[1]](os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
