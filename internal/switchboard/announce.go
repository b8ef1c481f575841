package switchboard

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/ident"
	"kefu/internal/store"
)

// Announcement is an announcement to a community, as the API shows it.
type Announcement struct {
	ID        string             `json:"id" doc:"Id of the announcement." example:"ann_06c0000000000000000000000g"`
	Title     string             `json:"title" doc:"Its headline."`
	Content   string             `json:"content" doc:"Its text, in Markdown as Discord knows it."`
	URL       string             `json:"url" doc:"What the headline leads to, or empty."`
	CreatedBy string             `json:"created_by" doc:"Id of who made it."`
	Posts     []AnnouncementPost `json:"posts" doc:"Where it goes, and what became of it there."`
	CreatedAt time.Time          `json:"created_at" doc:"When it was made."`
}

// AnnouncementPost is what became of an announcement in one inbox.
type AnnouncementPost struct {
	InboxID    kefu.InboxID       `json:"inbox_id" doc:"The inbox."`
	State      kefu.DeliveryState `json:"state" doc:"queued, delivered or failed."`
	Reason     string             `json:"reason" doc:"Why it waits or failed, in words."`
	ExternalID string             `json:"external_id" doc:"Id of the message that it became, or empty."`
	Attempts   int64              `json:"attempts" doc:"How often it was tried."`
	UpdatedAt  time.Time          `json:"updated_at" doc:"When this changed last."`
}

// NewAnnouncement is what is to be announced.
type NewAnnouncement struct {
	Title    string         `json:"title" doc:"Headline, 1 to 256 characters."`
	Content  string         `json:"content" doc:"Text, 1 to 4,000 characters."`
	URL      string         `json:"url,omitempty" doc:"What the headline leads to: http or https."`
	InboxIDs []kefu.InboxID `json:"inbox_ids,omitempty" doc:"Where; without it every inbox that has a place for announcements."`
}

// Announce stores an announcement and queues it for the inboxes that have a place for announcements. Each posts it once.
func (b *Switchboard) Announce(ctx context.Context, ask kefu.Ask, in NewAnnouncement) (Announcement, error) {
	if err := everyone(ask.Caller); err != nil {
		return Announcement{}, err
	}
	targets, err := b.announceTo(&in)
	if err != nil {
		return Announcement{}, err
	}
	return do(ctx, b, ask, func(c *change) (Announcement, error) {
		a := store.Announcement{ID: ident.New("ann"), Title: in.Title, Content: in.Content, URL: in.URL, CreatedBy: ask.Caller.ID, CreatedAt: c.Now}
		if err := c.InsertAnnouncement(a, targets); err != nil {
			return Announcement{}, err
		}
		posts, err := c.Posts(a.ID)
		if err != nil {
			return Announcement{}, err
		}
		c.wake[bus.Deliveries] = true
		return showAnnouncement(a, posts), c.Audit(ask.Caller, "announcement.created", a.ID, map[string]any{"inbox_ids": targets})
	})
}

// everyone refuses whose sight is bound to a part: an announcement reaches all.
func everyone(by kefu.Caller) error {
	if by.Kind == kefu.CallerContact || by.Kind == kefu.CallerClient && by.Bound || by.Kind == kefu.CallerAgent && by.Role == kefu.RoleAgent || by.Kind == "" {
		return kefu.Errorf(kefu.KindForbidden, "announcements are for admins, supervisors and programs that are not bound to inboxes or teams")
	}
	return nil
}

func (b *Switchboard) announceTo(in *NewAnnouncement) ([]kefu.InboxID, error) {
	in.Title, in.Content, in.URL = strings.TrimSpace(in.Title), strings.TrimSpace(in.Content), strings.TrimSpace(in.URL)
	var f kefu.Faults
	checkText(&f, "title", in.Title, 1, 256)
	checkText(&f, "content", in.Content, 1, 4000)
	if u, err := url.Parse(in.URL); in.URL != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || len(in.URL) > 2000) {
		f.Add("url", "must be an http or https address of at most 2000 characters")
	}
	var able []kefu.InboxID
	for _, inbox := range b.inboxes {
		if inbox.Announces {
			able = append(able, inbox.ID)
		}
	}
	slices.Sort(able)
	for _, id := range in.InboxIDs {
		if !slices.Contains(able, id) {
			f.Add("inbox_ids", "%q has no place for announcements: set community.announcement_channel in its settings", kefu.Excerpt(string(id), 50))
		}
	}
	if len(in.InboxIDs) > 0 {
		able = slices.Compact(slices.Sorted(slices.Values(in.InboxIDs)))
	}
	if len(able) == 0 {
		f.Add("inbox_ids", "there is no inbox with a place for announcements: set community.announcement_channel in the settings of one")
	}
	return able, f.Err("this cannot be announced")
}

// Announcement reads one announcement.
func (b *Switchboard) Announcement(ctx context.Context, by kefu.Caller, id string) (Announcement, error) {
	return look(ctx, b, by, func(tx *store.Tx, sight kefu.Sight) (Announcement, error) {
		a, err := tx.Announcement(id)
		if err != nil {
			return Announcement{}, found(err, "announcement")
		}
		posts, err := tx.Posts(id)
		return showAnnouncement(a, posts), err
	})
}

// Announcements lists announcements, newest first.
func (b *Switchboard) Announcements(ctx context.Context, by kefu.Caller, p Paging) (List[Announcement], error) {
	page, err := store.PageOf(p, true)
	if err != nil {
		return List[Announcement]{}, err
	}
	return look(ctx, b, by, func(tx *store.Tx, _ kefu.Sight) (List[Announcement], error) {
		rows, err := tx.Announcements(page)
		if err != nil {
			return List[Announcement]{}, err
		}
		out := store.CutPage(rows, p, func(a store.Announcement) Announcement {
			posts, postErr := tx.Posts(a.ID)
			if postErr != nil {
				err = postErr
			}
			return showAnnouncement(a, posts)
		}, func(a store.Announcement) (time.Time, string) { return a.CreatedAt, a.ID })
		return out, err
	})
}

func showAnnouncement(a store.Announcement, posts []store.Post) Announcement {
	out := Announcement{ID: a.ID, Title: a.Title, Content: a.Content, URL: a.URL, CreatedBy: a.CreatedBy, CreatedAt: a.CreatedAt, Posts: []AnnouncementPost{}}
	for _, p := range posts {
		out.Posts = append(out.Posts, AnnouncementPost{InboxID: p.InboxID, State: p.State, Reason: p.Reason, ExternalID: p.ExternalID, Attempts: p.Attempts,
			UpdatedAt: p.UpdatedAt})
	}
	return out
}
