import LLMPerf
import Yams
