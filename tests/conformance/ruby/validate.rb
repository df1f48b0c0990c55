# frozen_string_literal: true

# Parses a feed with Ruby's own library, which validates: it raises where an element is
# missing, comes too often, or holds what it may not; with "strict" as second argument
# also where one is not expected. Prints what it read, as JSON.
require "json"
require "rss"

def rss_entry(item)
  [item.guid.content, item.title, item.pubDate&.getutc&.iso8601, item.link]
end

def atom_entry(entry)
  link = entry.links.find { |one| one.rel == "alternate" }
  updated = entry.updated.content.getutc.iso8601
  [entry.id.content, entry.title.content, updated, link&.href]
end

document = File.read(ARGV[0], encoding: "UTF-8")
strict = ARGV[1] == "strict"
feed = RSS::Parser.parse(document, validate: true, ignore_unknown_element: !strict)
abort "not a feed" if feed.nil?
entries = feed.is_a?(RSS::Rss) ? feed.items.map { |one| rss_entry(one) } : feed.entries.map { |one| atom_entry(one) }
puts JSON.generate(entries)
