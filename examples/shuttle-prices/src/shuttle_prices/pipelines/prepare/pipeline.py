"""Three raw tables into one row a shuttle."""

import pandas as pd
from kedro.pipeline import Pipeline, node, pipeline

YES = "t"


def read_companies(companies: pd.DataFrame) -> pd.DataFrame:
    rating = companies["company_rating"].str.rstrip("%").astype(float) / 100
    return pd.DataFrame(
        {
            "company_id": companies["id"],
            "company_rating": rating,
            "iata_approved": companies["iata_approved"] == YES,
        }
    )


def read_shuttles(shuttles: pd.DataFrame) -> pd.DataFrame:
    price = shuttles["price"].str.replace("[$,]", "", regex=True).astype(float)
    kept = shuttles[["id", "company_id", "engines", "passenger_capacity", "crew"]]
    return kept.rename(columns={"id": "shuttle_id"}).assign(
        d_check_complete=shuttles["d_check_complete"] == YES,
        moon_clearance_complete=shuttles["moon_clearance_complete"] == YES,
        price=price,
    )


def join_tables(
    shuttles: pd.DataFrame, companies: pd.DataFrame, reviews: pd.DataFrame
) -> pd.DataFrame:
    rated = shuttles.merge(reviews[["shuttle_id", "review_scores_rating"]], on="shuttle_id")
    return rated.merge(companies, on="company_id").dropna().reset_index(drop=True)


def create_pipeline(**kwargs) -> Pipeline:
    return pipeline(
        [
            node(read_companies, "companies", "known_companies", name="read_companies"),
            node(read_shuttles, "shuttles", "known_shuttles", name="read_shuttles"),
            node(
                join_tables,
                ["known_shuttles", "known_companies", "reviews"],
                "shuttle_table",
                name="join_tables",
            ),
        ]
    )
