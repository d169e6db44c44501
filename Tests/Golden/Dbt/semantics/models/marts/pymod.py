def model(dbt, session):
    dbt.config(materialized="table", tags=["py"])
    df = dbt.ref("stg_orders")
    e = dbt.source("raw", "events")
    v = dbt.config.get("least")
    return df
