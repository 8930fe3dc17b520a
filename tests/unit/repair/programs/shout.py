def tidy(name):
    name.strip()
    return name.title()


label = tidy("  ada lovelace ")
print(f"[{label}]")
