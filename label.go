package kefu

import "time"

// LabelID is the id of a label: lbl_….
type LabelID string

// Label is a word that conversations are sorted by.
type Label struct {
	ID          LabelID
	Name        string // unique
	Color       string // "#1f93ff", or ""
	Description string
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// CannedID is the id of a canned response: can_….
type CannedID string

// CannedResponse is a text that agents send often, found by its shortcut.
type CannedResponse struct {
	ID        CannedID
	Shortcut  string // "hello"; unique for each locale
	Content   string
	Locale    string // "zh-TW"; "" is for every language
	CreatedAt time.Time
	UpdatedAt time.Time
}
