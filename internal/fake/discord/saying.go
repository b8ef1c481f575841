package discord

import (
	"fmt"
	"slices"
	"time"
)

// Saying is what a person can post beside text and files.
type Saying struct {
	Text    string
	Files   []File
	ReplyTo string // id of a message of the same channel
	// Forward is the id of a message of any channel; what it says comes as a snapshot.
	Forward  string
	Stickers []Sticker
	// Voice makes the one file a voice message of this length.
	Voice    time.Duration
	Question string // of a poll
	Answers  []string
}

// AddSticker makes a sticker with its picture, which the CDN serves; a Lottie sticker has none.
func (s *Server) AddSticker(name string, format int, picture []byte) Sticker {
	s.mu.Lock()
	defer s.mu.Unlock()
	made := Sticker{ID: s.w.id(), Name: name, Format: format}
	switch format {
	case StickerPNG, StickerAPNG:
		s.w.files.keep(stickerPath+made.ID+".png", storedFile{"image/png", picture})
	case StickerGIF:
		s.w.files.keep(stickerPath+made.ID+".gif", storedFile{"image/gif", picture})
	}
	return made
}

// Post posts as a member; an error says that the member may not.
func (s *Server) Post(channelID, memberID string, p Saying) (Message, error) {
	d := draft{content: field[string]{true, p.Text}}
	if p.ReplyTo != "" {
		d.reference = &MessageReference{MessageID: p.ReplyTo}
	}
	for i, f := range p.Files {
		d.files = append(d.files, upload{fmt.Sprint(i), f})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.w.find(channelID)
	if err != nil {
		return Message{}, err
	}
	if s.w.members[memberID] == nil {
		return Message{}, errUnknownMember
	}
	if err := s.w.mayWrite(memberID, c); err != nil {
		return Message{}, err
	}
	m := s.w.compose(c, memberID, d)
	if err := s.w.dress(m, p); err != nil {
		return Message{}, err
	}
	if d.empty() && len(m.Stickers)+len(m.Snapshots) == 0 && m.Poll == nil {
		return Message{}, errEmptyMessage
	}
	s.w.post(c, m)
	return s.w.view(*m), nil
}

// dress adds what only people post.
func (w *world) dress(m *Message, p Saying) error {
	m.Stickers = slices.Clone(p.Stickers)
	if p.Voice > 0 && len(m.Attachments) == 1 {
		m.Flags |= FlagVoice
		m.Attachments[0].Duration, m.Attachments[0].Waveform = p.Voice.Seconds(), "AAAA"
	}
	if p.Question != "" {
		m.Poll = &Poll{Question: PollMedia{Text: p.Question}, Layout: 1}
		for i, a := range p.Answers {
			m.Poll.Answers = append(m.Poll.Answers, PollAnswer{ID: i + 1, Media: PollMedia{Text: a}})
		}
	}
	if p.Forward == "" {
		return nil
	}
	_, from, err := w.anyMessage(p.Forward)
	if err != nil {
		return err
	}
	m.Reference = &MessageReference{Type: 1, MessageID: from.ID, ChannelID: from.ChannelID}
	m.Snapshots = []Snapshot{{Message: SnapshotMessage{
		Type: from.Type, Content: from.Content, Embeds: from.Embeds, Attachments: from.Attachments, Timestamp: from.Timestamp,
		EditedTimestamp: from.EditedTimestamp, Flags: from.Flags, Mentions: from.Mentions, MentionRoles: from.MentionRoles, Stickers: from.Stickers,
	}}}
	return nil
}
