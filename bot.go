package kefu

import "time"

// BotID is the author id of Kefu's own bot. Programs that write by the API are bots too, with ids of their own.
const BotID = "kefu"

// Bot is the author of what Kefu's own bot says.
func Bot() Author { return Author{Kind: AuthorBot, ID: BotID, Name: "Kefu"} }

// BotTurn is what the bot has to answer: what a customer wrote in one conversation since its last answer.
type BotTurn struct {
	ConversationID ConversationID
	InboxID        InboxID
	// Epoch is that of the conversation when it was written: in another one nobody waits for the bot's answer.
	Epoch    int64
	Messages []MessageID // in their order
	Text     string      // of all of them
	Locale   Locale      // that the customer reads; "" is not known
	Attempts int
}

// Sources of a bot's answer.
const (
	SourceExcerpts = "excerpts" // parts of the articles, as they stand
	SourceWriter   = "writer"   // written from the articles by a language model
	SourceNone     = "none"     // it had none
)

// BotAnswer is what the bot says to a turn, and why.
type BotAnswer struct {
	Text       string // "" when it has no answer
	Source     string
	Confidence float64 // 0 to 1
	Reason     string  // why it has none, or why the writer was not used
	Person     bool    // a person was asked for
	Articles   []ArticleCard
	// Used are the articles that the text says or cites; what readers say of the answer counts for them.
	Used   []ArticleID
	Scores map[ArticleID]float64
}

// BotRecord is an answer that was given, as it is kept.
type BotRecord struct {
	MessageID      MessageID
	ConversationID ConversationID
	Questions      []MessageID
	Locale         Locale
	Source         string
	Confidence     float64
	Reason         string
	Articles       []BotBasis
	Miss           bool
	Epoch          int64
	Helped         int // 0 nobody said, 1 it did, -1 it did not
	HelpedAt       time.Time
	CreatedAt      time.Time
}

// BotBasis is an article that an answer was based on.
type BotBasis struct {
	ID    ArticleID `json:"id"`
	Title string    `json:"title"`
	Score float64   `json:"score"`
	Used  bool      `json:"used"` // the answer says or cites it
}
