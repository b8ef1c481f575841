package vault

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Link gives an address at which anybody who has it can get the file until ttl is over, counted from now; a ttl of 0 never ends.
// A link cannot be taken back while the file is kept.
func (v *Vault) Link(f File, ttl time.Duration, now time.Time) string {
	exp := "0"
	if ttl != 0 {
		exp = strconv.FormatInt(max(1, now.Add(ttl).Unix()), 10)
	}
	name := CleanName(f.Name)
	return strings.Join([]string{v.publicURL, "files", f.SHA256, exp, v.sign(f.SHA256, exp, name), url.PathEscape(name)}, "/")
}

// sign covers the name too: a stranger must not be able to make our address offer a file under a name of his choice.
func (v *Vault) sign(sha, exp, name string) string {
	mac := hmac.New(sha256.New, v.linkKey)
	mac.Write([]byte(sha + "/" + exp + "/" + name))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:16]) // 128 bits are plenty and keep links short
}

func (v *Vault) signed(sha, exp, name, sig string) bool {
	return hmac.Equal([]byte(v.sign(sha, exp, name)), []byte(sig))
}

// left tells how long a link stays good, in whole seconds; ok is false when it is over. A link without end has a year.
func left(exp string, now time.Time) (seconds int64, ok bool) {
	at, err := strconv.ParseInt(exp, 10, 64)
	switch {
	case err != nil:
		return 0, false
	case at == 0:
		return 365 * 24 * 3600, true
	}
	return at - now.Unix(), at > now.Unix()
}
