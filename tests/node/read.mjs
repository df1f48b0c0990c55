// Prints what three libraries read of a feed, as JSON: by library, a list of
// [id, title, date, link].
import { readFileSync } from 'node:fs'
import Parser from 'rss-parser'
import { extractFromJson, extractFromXml } from '@extractus/feed-extractor'
import { parseFeed } from 'feedsmith'

const path = process.argv[2]
const text = readFileSync(path, 'utf8')
const json = path.endsWith('.json')
const alternate = (links) => links?.find((link) => link.rel === 'alternate')?.href

const readers = {
  async rssParser() {
    const { items } = await new Parser().parseString(text)
    return items.map((item) => [item.id ?? item.guid, item.title, item.isoDate, item.link])
  },
  async extractus() {
    const feed = json ? extractFromJson(JSON.parse(text)) : extractFromXml(text)
    return feed.entries.map((item) => [item.id, item.title, item.published, item.link])
  },
  async feedsmith() {
    const { feed } = parseFeed(text)
    return (feed.items ?? feed.entries).map((item) => [
      item.guid?.value ?? item.id,
      item.title?.value ?? item.title,
      item.pubDate ?? item.updated ?? item.date_published,
      item.url ?? item.link ?? alternate(item.links),
    ])
  },
}
if (json) delete readers.rssParser

const read = {}
for (const [name, reader] of Object.entries(readers)) read[name] = await reader()
console.log(JSON.stringify(read))
