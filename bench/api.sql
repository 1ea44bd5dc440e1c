-- What bench/api.py asks for, beside the catalogue's million products: 100,000 uploads, 60,000 of them and as many of
-- the products of one vendor; 60,000 errors of its first upload, 100 changes of its first product.
SET session_replication_role = replica; -- no foreign key checks

INSERT INTO upload_history (upload_id, vendor_id, file_name, s3_key, object_version, status, total_records,
                            valid_records, error_records, error_file_s3_key, corrections_file_s3_key,
                            upload_timestamp, completed_at)
SELECT 'UPLOAD_20260101_000000_' || lpad(to_hex(n), 8, '0'),
       CASE WHEN n <= 60000 THEN 'VEND001' ELSE 'STOCK' || n % 100 END, 'products.csv', 'uploads/' || n, '1',
       (ARRAY['completed', 'partial'])[1 + n % 2], 10000, 10000 - n % 2 * 10000, n % 2 * 10000, 'report', 'corrections',
       '2026-01-01'::timestamptz + n * interval '1 minute', '2026-06-01'
FROM generate_series(1, 100000) AS n;

UPDATE products SET vendor_id = 'VEND001', upload_id = 'UPLOAD_20260101_000000_00000001' WHERE row_number <= 60000;

INSERT INTO validation_errors (upload_id, row_number, field, error_type, error_message, original_data)
SELECT 'UPLOAD_20260101_000000_00000001', 1 + n / 6,
       (ARRAY['price', 'sku', 'category', 'stock_quantity', 'product_name', 'image_url'])[1 + n % 6],
       'INVALID_FIELD_FORMAT', 'Price must be a plain number.', '{"sku": "1", "price": "free"}'
FROM generate_series(0, 59999) AS n;

INSERT INTO product_changes (product_id, upload_id, row_number, uploaded_at, fields, old_values, new_values)
SELECT product_id, 'UPLOAD_' || n, n, '2026-01-01'::timestamptz + n * interval '1 day', '{price}', '{"price": 1}',
       '{"price": 2}'
FROM generate_series(1, 100) AS n, products WHERE sku = md5('sku1');
