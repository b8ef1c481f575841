package main

import (
	"strings"
	"testing"

	"kefu"
)

func TestTheTableOfArticles(t *testing.T) {
	bare := figures{figKnowP95: 2}
	for engine, missed := range map[string]int{engineSQLite: 1, enginePostgres: 0} {
		o := outcome{engine: engine, bare: bare, kefu: figures{figKnowP95: 30, figKnowFirst: 900}}
		text := knowledgeReport(plan{articles: 10_000, repeat: 1}, []outcome{o})
		if o.knowledgeMissed() != missed || strings.Count(text, "MISSED") != missed || !strings.Contains(text, "30.00") || !strings.Contains(text, "900") {
			t.Errorf("%s: %d missed\n%s", engine, o.knowledgeMissed(), text)
		}
	}
}

func TestTheArticlesOfTheBench(t *testing.T) {
	w, seen := newWriting(), map[kefu.Locale]int{}
	for i := range 300 {
		a := w.article(i)
		seen[a.Locale]++
		if n := len([]rune(a.Body)); n < 600 || n > 700 || a.Title == "" || !a.Published {
			t.Errorf("%+v", a)
		}
	}
	if len(seen) != 3 || seen[kefu.LocaleEnglish] != 100 {
		t.Errorf("languages: %v", seen)
	}
}
