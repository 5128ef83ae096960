"""JSON-LD 1.1, as far as consent records use it: from text to frozen values, and back.

Laws:

1. Nothing is fetched. A record's names come from its own ``@context``, and from the prefixes that the W3C guide to
   ISO/IEC TS 27560 uses (`context.PREFIXES`) where it has none.
2. Nothing is guessed and nothing is lost: a property that a class has no field for stays in `Node.more`, a name that
   no context explains stays as it stands.
3. A property that is written twice has both values, as in the guide's own examples. A keyword that is written twice
   (``@id``, ``@type`` …) is refused: two readers could take a different one.
4. What can't be kept exactly (``@list``, ``@reverse``, another site's context) is refused, never dropped.
5. What comes from outside costs a bounded time and space: its length, its depth and its names are bounded.

Source: https://www.w3.org/TR/json-ld11/ (expansion and compaction), https://w3id.org/dpv/guides/consent-27560.
"""
