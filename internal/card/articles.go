package card

import (
	"strings"

	"kefu"
)

// ArticlesText renders articles as plain text: title, excerpt and where to read on.
func ArticlesText(list []kefu.ArticleCard, lang string) string { return plain().articles(list, lang) }

// ArticlesMarkdown is ArticlesText in Markdown.
func ArticlesMarkdown(list []kefu.ArticleCard, lang string) string {
	return markdown().articles(list, lang)
}

func (m medium) articles(list []kefu.ArticleCard, lang string) string {
	blocks := make([]string, 0, len(list))
	for _, a := range list {
		blocks = append(blocks, m.article(a, pickForm(lang)))
	}
	return strings.Join(blocks, "\n\n")
}

func (m medium) article(a kefu.ArticleCard, w formWords) string {
	title := oneLine(a.Title)
	if title == "" {
		title = w.untitled
	}
	lines := []string{"📄 " + m.strong(m.safe(title))}
	if s := strings.TrimSpace(a.Excerpt); s != "" {
		lines = append(lines, m.safe(s))
	}
	if address := Link(a.URL); address != "" {
		lines = append(lines, m.link(w.read, address))
	}
	return strings.Join(lines, "\n")
}
