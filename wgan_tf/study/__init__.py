"""The study: does the critic's gradient make samples better?"""
