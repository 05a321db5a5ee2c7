"""The small core: the nouns, the process engine, the stages of the flow and the store port."""
