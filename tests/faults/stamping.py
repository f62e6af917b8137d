import time
from tests.faults.writing import door_journal, visit
def work(folder, tell):
    tell(int(time.monotonic()*1e6)); j=door_journal(folder); tell(int(time.monotonic()*1e6)); j.append(visit()); tell(int(time.monotonic()*1e6)); j.append(visit()); tell(int(time.monotonic()*1e6)); time.sleep(60)
