"""How the shipped model is made: annotations, network, training, export. torch lives only here."""
