// Package lexis makes words of texts for full-text search: the same words for Traditional and Simplified Chinese, for wide and narrow
// letters, for the forms of an English word.
//
// All analysis happens here and none in a database, so that both engines find the same: they get finished words and compare bytes.
// Chinese, Japanese and Korean need no dictionary: a run of characters becomes its overlapping pairs, and a query's run becomes the
// phrase of its pairs. Plain takes the marks of Markdown off a text before it is cut into words or excerpts.
//
// It is ground without domain and imports the standard library and golang.org/x/text. Everything is a pure function and safe for
// concurrent use. tables.bin is made of the OpenCC dictionaries by the program in gen; see NOTICE.
package lexis
