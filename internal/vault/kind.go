package vault

import (
	"io"
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

const unknown = "application/octet-stream"

// Read-only: what browsers show by themselves and cannot be made to run.
var inline = map[string]bool{
	"image/png": true, "image/apng": true, "image/jpeg": true, "image/gif": true, "image/webp": true, "image/avif": true, "image/bmp": true,
	"video/mp4": true, "video/webm": true, "video/ogg": true,
	"audio/mpeg": true, "audio/mp4": true, "audio/x-m4a": true, "audio/ogg": true, "audio/wav": true, "audio/aac": true,
	"text/plain": true,
}

// Read-only: the kinds of text that stay what they are. All others (HTML, SVG, XML, scripts, and what is yet to come) could run.
var inert = map[string]bool{"text/plain": true, "text/csv": true, "text/tab-separated-values": true, "text/vcard": true, "text/calendar": true, "application/json": true}

// kind is what a file was found to be.
type kind struct {
	base   string // media type without parameters
	ext    string // ".png"; empty when unknown
	served string // the Content-Type it is handed out with
	inline bool   // shown rather than downloaded
}

// sniff looks at the first bytes of a file.
func sniff(f io.ReadSeeker) (kind, error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return kind{}, err
	}
	m, err := mimetype.DetectReader(f)
	if err != nil {
		return kind{}, err
	}
	base, _, _ := strings.Cut(m.String(), ";")
	return kind{base: base, ext: m.Extension(), served: servedType(m, base), inline: inline[base]}, nil
}

func servedType(m *mimetype.MIME, base string) string {
	switch {
	case isText(m) && !inert[base]:
		// A script that is downloaded can still be loaded by a page of our own origin, if it has a script's type.
		return unknown
	case strings.Contains(m.String(), "charset=utf-"):
		return m.String()
	default:
		return base // other charsets are guesses, and wrong for Big5 and GBK
	}
}

func isText(m *mimetype.MIME) bool {
	for ; m != nil; m = m.Parent() {
		if m.Is("text/plain") {
			return true
		}
	}
	return false
}
