package switchboard

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"time"

	"kefu"
	"kefu/internal/store"
)

//go:embed transcript.html
var transcriptPage embed.FS

// transcriptPageSize bounds how many messages are read at once.
const transcriptPageSize = 200

type transcript struct {
	Ticket       kefu.Ticket         `json:"ticket"`
	Conversation kefu.Conversation   `json:"conversation"`
	Customer     kefu.Contact        `json:"customer"`
	Messages     []transcriptMessage `json:"messages"`
}

type transcriptMessage struct {
	Seq         int64            `json:"seq"`
	At          time.Time        `json:"at"`
	Author      kefu.Author      `json:"author"`
	Note        bool             `json:"note"`
	Type        kefu.ContentType `json:"content_type"`
	Text        string           `json:"text"`
	Attachments []transcriptFile `json:"attachments,omitempty"`
	// Asks is what the customer was asked for; Answer what they filled in or picked, which the text says as well.
	Asks    *kefu.Form   `json:"asks,omitempty"`
	Answer  *kefu.Answer `json:"answer,omitempty"`
	Edited  bool         `json:"edited,omitempty"`
	Deleted bool         `json:"deleted,omitempty"`
}

type transcriptFile struct {
	Name string `json:"name"`
	Type string `json:"type"`
	URL  string `json:"url"`
}

// Transcript makes the transcript of a conversation as it stands, keeps it in the vault as HTML and JSON, and returns the two files.
// Idempotent: the same conversation gives the same files.
func (b *Switchboard) Transcript(ctx context.Context, id kefu.ConversationID) ([]kefu.Attachment, error) {
	t, err := b.readTranscript(ctx, id)
	if err != nil {
		return nil, err
	}
	page, err := template.ParseFS(transcriptPage, "transcript.html")
	if err != nil {
		return nil, err
	}
	var html bytes.Buffer
	if err := page.Execute(&html, t); err != nil {
		return nil, fmt.Errorf("transcript: %w", err)
	}
	raw, err := json.MarshalIndent(t, "", "  ")
	if err != nil {
		return nil, err
	}
	name := fmt.Sprintf("transcript-%d", t.Ticket.Number)
	var files []kefu.Attachment
	for _, f := range []struct {
		name string
		r    io.Reader
	}{{name + ".html", &html}, {name + ".json", bytes.NewReader(raw)}} {
		kept, err := b.vault.Keep(ctx, f.r, f.name)
		if err != nil {
			return nil, err
		}
		files = append(files, kept)
	}
	return files, b.store.Update(ctx, func(tx *store.Tx) error {
		return tx.SaveTranscript(id, t.Conversation.LastSeq, files)
	})
}

func (b *Switchboard) readTranscript(ctx context.Context, id kefu.ConversationID) (t transcript, err error) {
	err = b.store.View(ctx, func(tx *store.Tx) error {
		t = transcript{}
		conv, err := tx.Conversation(id)
		if err != nil {
			return err
		}
		t.Conversation = conv.Conversation
		if t.Ticket, err = tx.TicketOf(id); err != nil {
			return err
		}
		if t.Customer, err = tx.Contact(conv.ContactID); err != nil {
			return err
		}
		for after := int64(0); ; {
			page, err := tx.Messages(id, after, transcriptPageSize)
			for _, m := range page {
				t.Messages = append(t.Messages, b.transcribe(m.Message))
				after = m.Seq
			}
			if err != nil || len(page) < transcriptPageSize {
				return err
			}
		}
	})
	return t, err
}

func (b *Switchboard) transcribe(m kefu.Message) transcriptMessage {
	out := transcriptMessage{Seq: m.Seq, At: m.CreatedAt, Author: m.Author, Note: m.Private, Type: m.Content.Type, Text: m.Content.Text,
		Edited: m.Meta.Edited, Deleted: m.Meta.Deleted, Asks: m.Content.Asks(), Answer: m.Content.Answer}
	for _, a := range m.Content.Attachments {
		url := b.vault.Link(a)
		if url == "" {
			url = a.URL
		}
		out.Attachments = append(out.Attachments, transcriptFile{Name: a.Name, Type: a.Type, URL: url})
	}
	return out
}
