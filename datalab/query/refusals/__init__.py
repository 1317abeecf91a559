"""What cannot be answered privately, by the part of the question that asks for it; each refusal says its remedy.

Nothing here touches data, so nothing here can tell anything about it. An empty refusal stands for one that another
part of the question gets.
"""
