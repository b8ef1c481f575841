package connector

import "time"

// Descriptor is what a channel is, as data: forms, validation of configuration, redaction and doctor come from it.
type Descriptor struct {
	Kind   string
	Title  map[string]string // by language: zh-TW, zh-CN, en
	Fields []Field
	// Desk and Customer say on which side of a conversation an inbox of this kind can stand.
	Desk, Customer bool
	Capabilities   []string // words for the documentation: "splits long texts", "marks"
}

// CapLooks is the capability of finding out whether an uncertain message arrived. Without it an uncertain outcome is final, and shown.
const CapLooks = "looks before it sends again"

// Field is one setting of an inbox. Type is string, secret, bool, duration, list or map.
type Field struct {
	Name     string
	Type     string
	Required bool
	Default  string
	Label    map[string]string
	Doc      string // English, one line, for `kefu config doc`
	// Members are the names that a map may have; none is any. What stands behind them the connector judges.
	Members []string
}

// Secret tells whether the field's value must never be printed.
func (f Field) Secret() bool { return f.Type == "secret" }

// Finding is one answer of a probe. Level is ok, warn or fail; Mend says what to do.
type Finding struct {
	Level string `json:"level"`
	Check string `json:"check"`
	Words string `json:"detail"`
	Mend  string `json:"mend,omitempty"`
}

// Levels of a finding.
const (
	LevelOK   = "ok"
	LevelWarn = "warn"
	LevelFail = "fail"
)

// Health is how a held connection is.
type Health struct {
	State string // ok, degraded or off
	Words string
	Since time.Time
}
