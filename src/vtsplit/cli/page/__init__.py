"""The review page: a change as one HTML file. Facts are gathered here, templates lay them out."""
