import PintailEngine

print("pintail")
