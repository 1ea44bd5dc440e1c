-- Products of other vendors, from one number to another. Keys are hashes, so that new rows fall between old ones
-- everywhere in the indexes.
SET session_replication_role = replica; -- no foreign key checks
INSERT INTO products (vendor_id, vendor_product_id, product_name, category, description, sku, brand, price,
                      stock_quantity, unit, weight_kg, upload_id, row_number)
SELECT 'STOCK' || number % 100, md5('product' || number), 'Product ' || number,
       (ARRAY['Laptops', 'Audio', 'Books', 'Clothing', 'Gaming'])[1 + number % 5], repeat('words ', 15),
       md5('sku' || number), 'Brand', 1 + number % 900, number % 500, 'piece', 0.5,
       'STOCK' || number % 100, number
FROM generate_series({first}, {last}) AS number;
