package store

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"mattebox"
)

// masterSize is the master key's length in bytes.
const masterSize = 32

// Keys are what is derived from the master key: one key for each use, so that
// none tells anything of another (HKDF-SHA256, RFC 5869).
type Keys struct {
	lookup []byte      // of the HMAC that finds a key's row
	seal   cipher.AEAD // of secrets at rest, AES-256-GCM
	links  []byte      // of signed addresses
}

// LoadKeys reads the master key from the file at path: 64 hexadecimal digits.
// When the file is missing it is made with a new key, readable by its owner only.
// Whoever has the file and the database has every account's secrets; whoever
// loses it has to give every account new ones.
func LoadKeys(path string) (Keys, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := createMaster(path); err != nil {
			return Keys{}, fmt.Errorf("create the master key: %w", err)
		}
		text, err = os.ReadFile(path)
	}
	if err != nil {
		return Keys{}, fmt.Errorf("read the master key: %w", err)
	}
	keys, err := ParseKeys(string(text))
	if err != nil {
		return Keys{}, mattebox.Wrap(mattebox.CodeInvalid, err, "the master key in %s cannot be used", path)
	}
	return keys, nil
}

// createMaster writes a new key under another name first and links it, so that of
// two processes that start at once both end up with the same key, whole.
func createMaster(path string) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".master-*") // made with mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	master := make([]byte, masterSize)
	rand.Read(master) // never fails (crypto/rand)
	_, err = file.WriteString(hex.EncodeToString(master) + "\n")
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := os.Link(file.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// ParseKeys derives the keys from a master key of 64 hexadecimal digits. Anything
// else is a CodeInvalid error.
func ParseKeys(text string) (Keys, error) {
	master, err := hex.DecodeString(strings.TrimSpace(text))
	if err != nil || len(master) != masterSize {
		return Keys{}, mattebox.Errorf(mattebox.CodeInvalid, "a master key is %d hexadecimal digits, as from: openssl rand -hex %d", 2*masterSize, masterSize)
	}
	var derived [3][]byte
	for i, use := range [...]string{"mattebox lookup", "mattebox seal", "mattebox links"} {
		if derived[i], err = hkdf.Key(sha256.New, master, nil, use, 32); err != nil {
			return Keys{}, fmt.Errorf("derive a key: %w", err)
		}
	}
	block, err := aes.NewCipher(derived[1])
	if err != nil {
		return Keys{}, fmt.Errorf("make a cipher: %w", err)
	}
	seal, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return Keys{}, fmt.Errorf("make a cipher: %w", err)
	}
	return Keys{lookup: derived[0], seal: seal, links: derived[2]}, nil
}

// Links returns the key that signs addresses of files (mattebox.Links).
func (k Keys) Links() []byte { return k.links }

// hash returns what a secret is found by in the column of that name. The column
// is part of it: a key of one use never matches another's.
func (k Keys) hash(column, secret string) []byte {
	mac := hmac.New(sha256.New, k.lookup)
	mac.Write([]byte(column + "\n" + secret))
	return mac.Sum(nil)
}

// sealed returns the secret encrypted. It opens only for the same account and
// column, so that a row's bytes are worth nothing in another.
func (k Keys) sealed(account mattebox.AccountID, column, secret string) []byte {
	return k.seal.Seal(nil, nil, []byte(secret), sealedFor(account, column))
}

// open is the reverse of sealed.
func (k Keys) open(account mattebox.AccountID, column string, sealed []byte) (string, error) {
	secret, err := k.seal.Open(nil, nil, sealed, sealedFor(account, column))
	if err != nil {
		return "", mattebox.Errorf(mattebox.CodeInternal, "the %s of account %d does not open with this master key", column, account)
	}
	return string(secret), nil
}

func sealedFor(account mattebox.AccountID, column string) []byte {
	return fmt.Appendf(nil, "%d %s", account, column)
}
