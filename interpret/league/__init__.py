"""Maps against the truth: texts whose true causes are known, and how well each method's map finds them."""
