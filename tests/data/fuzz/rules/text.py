# TODO: x
password = 'q7Rk2ZpX9v'
url = 'postgres://app:q7Rk2ZpX9v@db/x'
legacy(1)  # exobrain-ignore: project/legacy reason
k = '-----BEGIN PRIVATE KEY-----'
