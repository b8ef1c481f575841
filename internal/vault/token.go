package vault

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"os"
	"strings"
)

const (
	tokenPrefix = "att_"
	tokenMAC    = 16 // bytes: 128 bits are plenty
	maxToken    = 2048
)

// claimed is what a token says of a file.
type claimed struct {
	SHA256 string `json:"s"`
	Size   int64  `json:"n"`
	Type   string `json:"t"`
	Name   string `json:"f"`
}

// Token gives the id of an uploaded file: att_…, signed. Who shows it was given it by us, so that a message refers only to files that its
// writer has uploaded or been shown as such, and never to somebody else's by knowing their sum. It does not end while the file is kept.
// FileOf reads it.
func (v *Vault) Token(f File) string {
	raw, err := json.Marshal(claimed{SHA256: f.SHA256, Size: f.Size, Type: f.Type, Name: CleanName(f.Name)})
	if err != nil {
		return ""
	}
	return tokenPrefix + base64.RawURLEncoding.EncodeToString(append(v.tokenMAC(raw), raw...))
}

// FileOf gives the file of a token that Token made; false when it was not made here, was changed, or the file is no longer kept.
func (v *Vault) FileOf(token string) (File, bool) {
	body, ok := strings.CutPrefix(token, tokenPrefix)
	if !ok || len(token) > maxToken {
		return File{}, false
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(body)
	if err != nil || len(raw) < tokenMAC || !hmac.Equal(v.tokenMAC(raw[tokenMAC:]), raw[:tokenMAC]) {
		return File{}, false
	}
	var c claimed
	if json.Unmarshal(raw[tokenMAC:], &c) != nil || !v.Has(c.SHA256) {
		return File{}, false
	}
	return File(c), true
}

// Has tells whether a file is kept, by its sum.
func (v *Vault) Has(sha string) bool {
	path, ok := v.path(sha)
	if !ok {
		return false
	}
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// Delete removes a file by its sum, for good; one that is not kept is no error. Links and tokens of it open nothing from then on. That
// nothing refers to the file any more is for the caller to know. The error is of the disk.
func (v *Vault) Delete(sha string) error {
	path, ok := v.path(sha)
	if !ok {
		return nil
	}
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return storeError(err)
	}
	return nil
}

// tokenMAC cannot be taken for the signature of a link: those sign a text that begins with a sum.
func (v *Vault) tokenMAC(raw []byte) []byte {
	mac := hmac.New(sha256.New, v.linkKey)
	mac.Write([]byte("upload\x00"))
	mac.Write(raw)
	return mac.Sum(nil)[:tokenMAC]
}
