-- Cells are trimmed of more invisible marks than before. Products whose keys still end in one could not be named by files
-- of changes any more, and an import would list them a second time. A key is trimmed where the trimmed one is free, and
-- left alone where another product has it; of two that would have the same key, the older product gets it.
-- One pass over the table; only products with such keys are locked, and who inserts meanwhile waits for theirs alone.
DO $$
DECLARE
    -- BLANKS of rules/text.py
    blanks CONSTANT TEXT := E'\t\n\x0b\f\r\x1c\x1d\x1e\x1f \u0085\u00a0\u1680'
        '\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a'
        '\u2028\u2029\u202f\u205f\u3000'
        '\ufeff\u200b\u2060\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069';
    found   RECORD;
    trimmed INTEGER := 0;
    taken   INTEGER := 0;
BEGIN
    FOR found IN
        SELECT p.product_id, k.name, k.value
        FROM products p, LATERAL (VALUES
            ('sku', p.sku, btrim(p.sku, blanks)),
            ('vendor_product_id', p.vendor_product_id, btrim(p.vendor_product_id, blanks))
        ) AS k (name, stored, value)
        WHERE k.stored <> k.value AND k.value <> ''
        ORDER BY p.product_id
    LOOP
        BEGIN
            EXECUTE format('UPDATE products SET %I = $1, updated_at = CURRENT_TIMESTAMP WHERE product_id = $2', found.name)
                USING found.value, found.product_id;
            trimmed := trimmed + 1;
        EXCEPTION WHEN unique_violation THEN
            taken := taken + 1;
        END;
    END LOOP;
    -- Stands in the database's log.
    RAISE LOG 'keys of products: % trimmed, % left alone because another product has the trimmed one', trimmed, taken;
END
$$;
