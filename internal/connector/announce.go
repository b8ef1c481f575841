package connector

import "context"

// Announcement is something to be told to a whole community, outside of any conversation.
type Announcement struct {
	// ID is the same on every attempt: what is posted under it is posted once.
	ID      string
	Title   string
	Content string // Markdown
	URL     string // what the title leads to; "" for nothing
	// Unsure says that an earlier attempt may have posted it: look first.
	Unsure bool
}

// Announcer posts announcements.
type Announcer interface {
	// Announces tells whether the settings name a place for announcements.
	Announces() bool
	// Announce posts one and blocks until it is known to be there. The receipt's one part names the post. Errors are *SendError.
	Announce(ctx context.Context, a Announcement) (Receipt, error)
}
