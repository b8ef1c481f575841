// Package knowledge is the rules of the knowledge base (contracts: api §7): articles in three languages on collections, the search for the
// article that answers a question, what the bot would say, and the import and export of a folder of Markdown files.
//
// It owns how a question is read (what of it means something), how articles are ranked, and how sure an answer is. It may import the store,
// the bus, the nouns and ground.
//
// A question is not looked up in the database's own full-text index, which finds the newest documents with words: the best are wanted, the
// same ones on both engines, and at once after a change. So the words of the articles are held in memory by an index, which is read when
// the program starts and follows by the numbers that changes have (store.KnowledgeRev), with each question. It holds words, not texts: four
// bytes for each word of each article. GET /search finds articles by the database's index, as it finds everything else.
//
// Invariants: a question sees every change that was committed before it; who may not write articles is shown published ones only;
// translations of one article come once, in the language that was asked for if there is one; an import with a fault changes nothing.
//
// Everything here is safe for concurrent use.
package knowledge
