-- The approved categories at launch. Later ones come as later migrations.

INSERT INTO product_categories (category_name) VALUES
    ('Computer Accessories'), ('Laptops'), ('Desktops'), ('Tablets'), ('Monitors'), ('Printers & Scanners'),
    ('Networking'), ('Storage'), ('Components'), ('Software'), ('Smartphones'), ('Phone Accessories'), ('Audio'),
    ('Headphones'), ('Cameras'), ('TV & Home Theater'), ('Wearables'), ('Smart Home'), ('Gaming'),
    ('Office Supplies'), ('Home & Kitchen'), ('Appliances'), ('Furniture'), ('Tools & Home Improvement'),
    ('Sports & Outdoors'), ('Toys & Games'), ('Health & Beauty'), ('Clothing'), ('Books'), ('Automotive')
ON CONFLICT (category_name) DO NOTHING;
