package chatwoot

import (
	"cmp"
	"context"
	"errors"
	"io"
	"time"

	"kefu"
	api "kefu/chatwoot"
)

const (
	// filesEach is how many files one message has at most: Chatwoot's own limit is 15.
	filesEach = 10
	// keepLimit is how long a file may take that is not in the vault yet.
	keepLimit = 5 * time.Second
)

// post is one message as Chatwoot will have it.
type post struct {
	tag      string
	text     string
	incoming bool // as the customer
	private  bool
	byBot    bool // under the name of the agent bot, if there is one
	rich     *api.Rich
	files    []kefu.Attachment
}

// client is whose name a message goes out under.
func (c *Connector) client(p post) *api.Client {
	if p.byBot && c.bot != nil || c.user == nil {
		return c.bot
	}
	return c.user
}

// put sends one post, and gives the message's external id.
func (c *Connector) put(ctx context.Context, role kefu.LinkRole, id int64, p post) (string, error) {
	m, err := c.putOne(ctx, id, p)
	if err != nil {
		return "", c.writing(role, err)
	}
	return externalID(m), nil
}

func (c *Connector) putOne(ctx context.Context, id int64, p post) (*api.Message, error) {
	attributes := api.Attributes{attrDelivery: p.tag}
	if p.rich != nil {
		ctx, cancel := context.WithTimeout(ctx, callTime)
		defer cancel()
		rich := *p.rich
		rich.Content, rich.Attributes = api.WithoutLiquid(p.text), attributes
		return c.client(p).SendRich(ctx, id, rich)
	}
	m := api.Message{Content: p.text, Type: api.Outgoing, Private: p.private, ContentAttributes: attributes}
	if p.incoming {
		m.Type, m.SourceID = api.Incoming, sourcePrefix+p.tag
	}
	s := shelve(ctx, c, p.files)
	defer s.release()
	if m.Content = s.under(m.Content); !p.incoming { // what customers write stays as it is
		m.Content = api.WithoutLiquid(m.Content)
	}
	if len(s.files) == 0 {
		ctx, cancel := context.WithTimeout(ctx, callTime)
		defer cancel()
		return c.client(p).SendMessage(ctx, id, m)
	}
	ctx, cancel := context.WithTimeout(ctx, fileTime)
	defer cancel()
	return c.client(p).SendFiles(ctx, id, m, s.files...)
}

// stand holds the open files of one post while it is sent.
type stand struct {
	files []api.File
	open  []io.Closer
	lines []string // of what cannot be uploaded
}

func (s *stand) release() {
	for _, f := range s.open {
		_ = f.Close()
	}
}

// under adds to a text the lines of what cannot be uploaded.
func (s *stand) under(text string) string {
	for _, line := range s.lines {
		if text != "" {
			text += "\n"
		}
		text += line
	}
	return text
}

// shelve opens the files of a post. What is not in the vault is fetched, what is too large or cannot be fetched is shown by its address.
func shelve(ctx context.Context, c *Connector, list []kefu.Attachment) *stand {
	s := &stand{}
	for _, a := range list {
		kept, err := c.keep(ctx, a)
		if err == nil && kept.Size <= api.MaxFile {
			body, err := c.deps.Files.Open(ctx, kept.SHA256)
			if err == nil {
				s.open = append(s.open, body)
				s.files = append(s.files, api.File{Name: cmp.Or(kept.Name, "file"), ContentType: kept.Type, Body: body})
				continue
			}
			c.log.WarnContext(ctx, "chatwoot: attachment cannot be read", "sha256", kept.SHA256, "err", err)
		}
		if link := cmp.Or(c.deps.Files.Link(a), a.URL); link != "" {
			s.lines = append(s.lines, "📎 "+link)
		} else {
			s.lines = append(s.lines, c.say("file_lost", inline(cmp.Or(a.Name, "?"))))
		}
	}
	return s
}

func (c *Connector) keep(ctx context.Context, a kefu.Attachment) (kefu.Attachment, error) {
	if a.SHA256 != "" {
		return a, nil
	}
	ctx, cancel := context.WithTimeout(ctx, keepLimit)
	defer cancel()
	kept, err := c.deps.Files.Keep(ctx, a.URL, a.Name)
	if err == nil && kept.SHA256 == "" {
		err = errNotKept
	}
	return kept, err
}

var errNotKept = errors.New("the file was not kept")

// sent finds the messages of ours in a conversation by their tags, back to the time since.
func (c *Connector) sent(ctx context.Context, role kefu.LinkRole, id int64, since time.Time) (map[string]string, error) {
	if c.user == nil {
		return nil, permanent("it may have arrived, and a bot's token may not read messages to find out: look in Chatwoot before sending it again, and set api_token", nil)
	}
	found := map[string]string{}
	for before, n := int64(0), 0; n < mostPages; n++ {
		page, err := c.page(ctx, role, func(ctx context.Context) ([]api.Message, error) { return c.user.Messages(ctx, id, before) })
		if err != nil {
			return nil, err
		}
		if len(page) == 0 || before > 0 && page[0].ID >= before {
			break
		}
		for i := range page {
			if t := tagOf(&page[i]); t != "" {
				found[t] = externalID(&page[i])
			}
		}
		before = page[0].ID
		if page[0].CreatedAt.Before(since) {
			break
		}
	}
	return found, nil
}
