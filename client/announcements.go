package client

import (
	"context"
	"iter"
	"time"
)

// Announcement is news for a community.
type Announcement struct {
	Tagged

	ID        string             `json:"id"`
	Title     string             `json:"title"`
	Content   string             `json:"content"`
	URL       string             `json:"url"`
	CreatedBy string             `json:"created_by"`
	CreatedAt time.Time          `json:"created_at"`
	Posts     []AnnouncementPost `json:"posts"`
}

// AnnouncementPost is what became of an announcement in one place.
type AnnouncementPost struct {
	InboxID    string    `json:"inbox_id"`
	State      string    `json:"state"` // queued, delivered or failed
	Reason     string    `json:"reason"`
	ExternalID string    `json:"external_id"` // of the message that it became
	Attempts   int64     `json:"attempts"`
	UpdatedAt  time.Time `json:"updated_at"`
}

// NewAnnouncement is what an announcement is made of. Without inboxes it goes to each that has a channel for it.
type NewAnnouncement struct {
	Title    string   `json:"title"`
	Content  string   `json:"content"`
	URL      string   `json:"url,omitempty"`
	InboxIDs []string `json:"inbox_ids,omitempty"`
}

// Announcements are news for a community.
type Announcements struct{ c *Client }

// Create posts one.
func (s Announcements) Create(ctx context.Context, in NewAnnouncement) (*Announcement, error) {
	return post[Announcement](ctx, s.c, "/announcements", in)
}

// Get reads one, with what became of it in each place.
func (s Announcements) Get(ctx context.Context, id string) (*Announcement, error) {
	return get[Announcement](ctx, s.c, at("/announcements", id), nil)
}

// List walks all announcements, newest first.
func (s Announcements) List(ctx context.Context) iter.Seq2[Announcement, error] {
	return items[Announcement](ctx, s.c, "/announcements", nil)
}
