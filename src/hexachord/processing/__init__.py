"""Audio → audio: stems (`stems.split_stems`, `stems.split_file`). `engines.ENGINES` lists what there is."""
