SELECT '数据' AS "名字", 'tab' || chr(9) || 'and' || chr(10) || 'line' AS lines, chr(27) || '[31mred' AS escape, '' AS empty UNION ALL SELECT 'é', 'x', 'y', NULL;
