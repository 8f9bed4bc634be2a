-- Titles with the name of their genre.
-- Grain: one row per title.
-- Key: title_id.

select
    title.id as title_id,
    title.name,
    coalesce(genre.name, 'Unknown genre') as genre,
    title.published_year
from catalog.title
left join seeds.genre on genre.code = title.genre_code
