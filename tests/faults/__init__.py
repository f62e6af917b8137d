"""The whole house under faults: real processes, killed, frozen, cut off and starved at random, and no visit lost."""
