// Built from frontend/.
