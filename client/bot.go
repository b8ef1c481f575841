package client

import "context"

// Question is what somebody asks the bot.
type Question struct {
	Question string `json:"question"`
	Locale   string `json:"locale,omitempty"` // to answer in, if there is a translation
}

// Answer is what the bot would say.
type Answer struct {
	// Articles are at most three, the best first; also when the bot would hand off.
	Articles   []Suggestion `json:"articles"`
	Confidence float64      `json:"confidence"` // how sure it is that the first article answers, from 0 to 1
	Source     string       `json:"source"`     // excerpts or writer
	// Text is "" when it would hand off. The writer's has citations: [1] is the first of Articles.
	Text    string   `json:"text"`
	Cited   []string `json:"cited"`   // ids of the articles that Text says or cites
	Handoff bool     `json:"handoff"` // a person is needed
	Reason  string   `json:"reason"`  // why: asked_for_person, no_article, low_confidence or no_answer
	Writer  string   `json:"writer"`  // why the writer's text was not used, or ""
}

// Suggestion is an article that an answer is based on.
type Suggestion struct {
	ID      string  `json:"id"`
	Title   string  `json:"title"`
	URL     string  `json:"url"`
	Locale  string  `json:"locale"`
	Score   float64 `json:"score"` // how well it answers, from 0 to 1
	Excerpt string  `json:"excerpt"`
}

// Bot answers from the knowledge base.
type Bot struct{ c *Client }

// Answer tells what the bot would say. No conversation is changed by it.
func (s Bot) Answer(ctx context.Context, q Question) (*Answer, error) {
	return post[Answer](ctx, s.c, "/bot/answer", q)
}
