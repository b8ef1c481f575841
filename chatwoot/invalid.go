package chatwoot

import (
	"fmt"
	"strings"
)

// Fault is one thing wrong with what was to be sent, and where: "items[0].actions[1].uri".
type Fault struct{ Path, Words string }

// InvalidError says that something was not sent, because Chatwoot would refuse it or show nothing of it. It names all that is wrong.
type InvalidError struct{ Faults []Fault }

func (e *InvalidError) Error() string {
	all := make([]string, len(e.Faults))
	for i, f := range e.Faults {
		all[i] = f.Path + " " + f.Words
	}
	return "chatwoot: not sent: " + strings.Join(all, "; ")
}

// faults collects.
type faults []Fault

func (f *faults) add(path, format string, args ...any) {
	*f = append(*f, Fault{path, fmt.Sprintf(format, args...)})
}

// need adds a fault if text is empty.
func (f *faults) need(path, text string) {
	if strings.TrimSpace(text) == "" {
		f.add(path, "is needed")
	}
}

func (f *faults) err() error {
	if len(*f) == 0 {
		return nil
	}
	return &InvalidError{*f}
}
