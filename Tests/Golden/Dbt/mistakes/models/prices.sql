select {{ outer.price("p") }} as price
