package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/knowledge"
	"kefu/internal/sqldb"
	"kefu/internal/store"
)

func (s *settings) articles() *cobra.Command {
	cmd := &cobra.Command{Use: "articles", Short: "Take articles into the knowledge base from a folder, and give them back", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(s.articlesImport(), s.articlesExport(), s.articlesList())
	return cmd
}

// knowledge runs fn with the rules of the knowledge base on the configured database. A kefu that serves it meanwhile sees the change.
func (s *settings) knowledge(ctx context.Context, fn func(*knowledge.Knowledge) error) error {
	return s.stored(ctx, func(_ *sqldb.DB, st *store.Store, _ int) error {
		return fn(knowledge.New(knowledge.Options{Store: st, Bus: bus.New()}))
	})
}

func (s *settings) articlesImport() *cobra.Command {
	var o knowledge.ImportOptions
	cmd := &cobra.Command{
		Use:   "import DIR",
		Short: "Take in a folder of Markdown files",
		Long: `Takes in the Markdown files (*.md) of a folder and of those in it. A file may begin with front matter in YAML, between lines of three
hyphens: title, locale, key, collection, keywords, url, published. Without a title the first heading is it; without a locale a folder's name
(zh-TW, zh-CN, en) in its path is it; without a key the rest of the path is it. Files with the same key are translations of each other.

All that is wrong is said at once, by file and line, and then nothing is imported. Again, only what changed is changed.`,
		Example: `  kefu articles import ./help --dry-run
  kefu articles import ./help --prune`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			drafts, err := readArticles(args[0])
			if err != nil {
				return err
			}
			return s.knowledge(cmd.Context(), func(k *knowledge.Knowledge) error {
				done, err := k.Import(cmd.Context(), operator().Caller, drafts, o)
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "%d created, %d updated, %d unchanged, %d unpublished%s\n", done.Created, done.Updated, done.Unchanged,
					done.Unpublished, map[bool]string{true: " (dry run: nothing was changed)"}[o.Dry])
				return err
			})
		},
	}
	cmd.Flags().BoolVar(&o.Prune, "prune", false, "unpublish articles with a key that the folder does not have")
	cmd.Flags().BoolVar(&o.Dry, "dry-run", false, "say what would be done, and do nothing")
	return cmd
}

// readArticles reads a folder; nothing outside of it is read, whatever links there are in it.
func readArticles(dir string) (drafts []knowledge.Draft, err error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open the folder: %w", err)
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	return knowledge.ReadFolder(root.FS())
}

func (s *settings) articlesExport() *cobra.Command {
	return &cobra.Command{
		Use:     "export DIR",
		Short:   "Write every article into a folder, as import takes it",
		Example: "  kefu articles export ./help",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if err := os.MkdirAll(args[0], 0o750); err != nil {
				return fmt.Errorf("make the folder: %w", err)
			}
			root, err := os.OpenRoot(args[0])
			if err != nil {
				return fmt.Errorf("open the folder: %w", err)
			}
			defer func() { err = errors.Join(err, root.Close()) }()
			return s.knowledge(cmd.Context(), func(k *knowledge.Knowledge) error {
				n := 0
				err := k.Export(cmd.Context(), func(name string, content []byte) error {
					n++
					if err := root.MkdirAll(path.Dir(name), 0o750); err != nil {
						return err
					}
					return root.WriteFile(name, content, 0o640)
				})
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "%d articles written\n", n)
				return err
			})
		},
	}
}

func (s *settings) articlesList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the articles",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return s.knowledge(cmd.Context(), func(k *knowledge.Knowledge) error {
				out := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
				_, _ = fmt.Fprintln(out, "ID\tLOCALE\tKEY\tPUBLISHED\tTITLE")
				if err := printArticles(cmd.Context(), k, out); err != nil {
					return err
				}
				return out.Flush()
			})
		},
	}
}

func printArticles(ctx context.Context, k *knowledge.Knowledge, out io.Writer) error {
	p := kefu.Paging{Limit: kefu.MaxPage}
	for {
		page, err := k.Articles(ctx, operator().Caller, knowledge.ArticleQuery{}, p)
		if err != nil {
			return err
		}
		for _, a := range page.Items {
			_, _ = fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\n", a.ID, a.Locale, dash(printable(a.Key)), map[bool]string{true: "yes", false: "no"}[a.Published], printable(a.Title))
		}
		if p.Cursor = page.NextCursor; p.Cursor == "" {
			return nil
		}
	}
}
