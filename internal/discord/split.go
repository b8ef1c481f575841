package discord

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf16"
)

const fenceMark = "```"

// minFenced is the smallest limit at which fences are closed and opened again: below it they would leave no room for text.
const minFenced = 64

// fenceLanguage is what may follow an opening fence to name a language.
var fenceLanguage = regexp.MustCompile(`^[A-Za-z0-9_+#.-]{1,16}$`)

// TextLength counts text as Discord's strictest limits do, in UTF-16 code units.
func TextLength(text string) int {
	n := 0
	for _, r := range text {
		n += max(utf16.RuneLen(r), 1)
	}
	return n
}

// SplitMessage cuts text into parts of at most limit UTF-16 code units (MaxContent if limit is 0; 2 at least), in order. It cuts
// between lines and around code blocks where it can, at a space where a line is too long, and inside a word only if it must. A code
// block that is cut is closed and opened again with its language. But for these fences the parts together are the text, less parts of
// nothing but white space, which Discord would refuse. An empty text has no parts.
func SplitMessage(text string, limit int) []string {
	if limit <= 0 {
		limit = MaxContent
	}
	s := &splitter{limit: max(limit, 2)}
	lines := strings.SplitAfter(text, "\n")
	for i, line := range lines {
		if s.opens(line) && s.body && s.n+s.blockLength(lines[i:]) > s.limit {
			s.flush()
		}
		s.add(line)
	}
	s.emit("")
	return s.parts
}

// splitter fills one part after another.
type splitter struct {
	limit int
	parts []string
	part  strings.Builder
	n     int   // length of part
	body  bool  // part holds more than the opening of a fence
	fence fence // at the end of part
}

// add puts piece, at most a line, into the part, or into as many as it takes.
func (s *splitter) add(piece string) {
	for piece != "" {
		next := s.after(piece)
		switch {
		case s.n+TextLength(piece)+next.closingLength() <= s.limit:
			s.body = s.body || !s.opens(piece)
			s.write(piece, next)
			return
		case s.body:
			s.flush()
		default:
			head := s.head(piece)
			s.body = true
			s.write(head, s.after(head))
			piece = piece[len(head):]
		}
	}
}

func (s *splitter) write(piece string, next fence) {
	s.part.WriteString(piece)
	s.n += TextLength(piece)
	s.fence = next
}

// flush ends the part and begins the next, inside the same code block.
func (s *splitter) flush() {
	closing := ""
	if s.fence.open {
		closing = "\n" + fenceMark
		if strings.HasSuffix(s.part.String(), "\n") {
			closing = fenceMark
		}
	}
	s.emit(closing)
	s.part.Reset()
	s.n, s.body = 0, false
	if s.fence.open {
		s.write(fenceMark+s.fence.lang+"\n", s.fence)
	}
}

// emit takes the part over, unless Discord would find it empty.
func (s *splitter) emit(closing string) {
	if part := s.part.String() + closing; strings.TrimSpace(part) != "" {
		s.parts = append(s.parts, part)
	}
}

// head gives as much of a piece as an empty part takes.
func (s *splitter) head(piece string) string {
	room := s.limit - s.n
	if s.fence.open || s.limit >= minFenced && strings.Contains(piece, fenceMark) {
		room -= fence{open: true}.closingLength()
	}
	return piece[:cutAt(piece, room)]
}

// opens says whether line is nothing but the opening of a code block.
func (s *splitter) opens(line string) bool {
	return !s.fence.open && s.after(line).open && strings.HasPrefix(line, fenceMark)
}

// blockLength gives the length of the code block that the first line opens.
func (s *splitter) blockLength(lines []string) int {
	n, f := 0, s.fence
	for _, line := range lines {
		n += TextLength(line)
		if f = f.after(line); !f.open || n > s.limit {
			break
		}
	}
	return n
}

func (s *splitter) after(piece string) fence {
	if s.limit < minFenced {
		return fence{}
	}
	return s.fence.after(piece)
}

// fence says whether a place in a text is inside a code block.
type fence struct {
	open bool
	lang string
}

// after gives the fence behind piece, which is at most a line.
func (f fence) after(piece string) fence {
	for {
		_, rest, found := strings.Cut(piece, fenceMark)
		if !found {
			return f
		}
		f = fence{open: !f.open}
		// A language stands right behind the fence and alone on its line: what else follows is text, and a cut line is not a whole one.
		name, whole := strings.CutSuffix(rest, "\n")
		if name = strings.TrimRight(name, " \t\r"); f.open && whole && fenceLanguage.MatchString(name) {
			f.lang = name
		}
		piece = rest
	}
}

func (f fence) closingLength() int {
	if f.open {
		return len("\n" + fenceMark)
	}
	return 0
}

// cutAt gives the byte at which to cut s, which is longer than room, so that what is before it fits: behind the last white space or
// CJK punctuation in the later half if there is any, else where no character and no run of backticks is torn. It is never 0.
func cutAt(s string, room int) int {
	units, cut, soft := 0, 0, 0
	var before rune
	for i, r := range s {
		if i > 0 && !joined(before, r) {
			cut = i
			if breakable(before) && units > room/2 {
				soft = i
			}
		}
		units += max(utf16.RuneLen(r), 1)
		if units > room {
			return atLeastOne(s, cutOr(cut, soft), i)
		}
		before = r
	}
	return len(s)
}

// cutOr prefers a soft cut to a hard one.
func cutOr(cut, soft int) int {
	if soft > 0 {
		return soft
	}
	return cut
}

// atLeastOne gives cut; if that is 0, the place where room ran out; if that is 0 too, the end of the first character.
func atLeastOne(s string, cut, ran int) int {
	if cut > 0 {
		return cut
	}
	if ran > 0 {
		return ran
	}
	for i := range s {
		if i > 0 {
			return i
		}
	}
	return len(s)
}

// joined says whether b must stay with a: backticks of a fence, marks, and what a zero-width joiner joins.
func joined(a, b rune) bool {
	const joiner = '\u200d'
	return a == '`' && b == '`' || a == joiner || b == joiner || unicode.In(b, unicode.Mn, unicode.Me, unicode.Mc) ||
		b >= 0x1F3FB && b <= 0x1F3FF // skin tones
}

func breakable(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune("，。、！？；：", r)
}
