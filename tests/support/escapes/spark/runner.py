"""Runs attempts in one Spark session, each with a limit of seconds; inside the sandbox, by the lab's Python.

runner.py attempts.json      writes a line of JSON for each

An attempt is Python that sees `spark`, `sc`, `jvm` (Java's classes, by py4j) and the functions below.
"""

# ruff: noqa: PTH123, ANN001, ANN002, ANN201, ANN204, ANN206, ARG002
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time

from pyspark import SparkFiles
from pyspark.sql import SparkSession
from pyspark.sql.datasource import DataSource, DataSourceReader
from pyspark.sql.functions import udf

SECONDS = 25
IVY = """<ivysettings><settings defaultResolver="far"/><resolvers>
<ibiblio name="far" m2compatible="true" root="{root}"/></resolvers></ivysettings>"""
QUICK = {
    "ipc.client.connect.max.retries": "0",
    "ipc.client.connect.max.retries.on.timeouts": "0",
    "ipc.client.connect.timeout": "3000",
    "dfs.webhdfs.socket.connect-timeout": "3s",
    "dfs.webhdfs.socket.read-timeout": "3s",
    "fs.ftp.timeout": "3",
}
"""Hadoop's clients try once."""

with open(sys.argv[1]) as stream:
    GIVEN = json.load(stream)
F = GIVEN["facts"]
HUB = F["house"] + "/hub/hub.sqlite"
os.chdir(os.environ["HOME"])
builder = SparkSession.builder.appName("escapes")
for name, value in GIVEN["settings"].items():
    builder = builder.config(name, value)
spark = builder.getOrCreate()
sc = spark.sparkContext
jvm = sc._jvm
sc.setLogLevel("OFF")
jvm.java.lang.System.setProperty("derby.stream.error.file", "/tmp/derby.log")  # noqa: S108
for name, value in QUICK.items():
    sc._jsc.hadoopConfiguration().set(name, value)


class Held(DataSource):
    """A source that reads one file as one row."""

    @classmethod
    def name(cls):
        """Return what it is called."""
        return "held"

    def schema(self):
        """Return its one column."""
        return "line string"

    def reader(self, schema):
        """Return who reads."""
        return HeldReader(self.options["path"])


class HeldReader(DataSourceReader):
    """Reads."""

    def __init__(self, path):
        self.path = path

    def read(self, _partition):
        """Give the file."""
        with open(self.path) as held:
            yield (held.read(),)


def each(function):
    return sc.parallelize([0], 1).map(lambda _: function()).collect()[0]


def texts(path):
    return " ".join(row.value for row in spark.read.text(path).collect())


def source(path):
    spark.dataSource.register(Held)
    return spark.read.format("held").option("path", path).load().first()[0]


def path(name):
    return jvm.java.io.File(name).toPath()


def java_runs(*words):
    command = sc._gateway.new_array(jvm.java.lang.String, len(words))
    for at, word in enumerate(words):
        command[at] = word
    process = jvm.java.lang.Runtime.getRuntime().exec(command)
    said = bytes(process.getInputStream().readAllBytes()).decode()
    assert process.waitFor() == 0, bytes(process.getErrorStream().readAllBytes()).decode()[-100:]
    return said


def classes(url):
    urls = sc._gateway.new_array(jvm.java.net.URL, 1)
    urls[0] = jvm.java.net.URL(url)
    return jvm.java.net.URLClassLoader(urls)


def hadoop(url):
    system = jvm.org.apache.hadoop.fs.FileSystem.get(jvm.java.net.URI(url), sc._jsc.hadoopConfiguration())
    return system.open(jvm.org.apache.hadoop.fs.Path(url)).read()


def jdbc(url, table):
    driver = "org.apache.hive.jdbc.HiveDriver" if "hive2" in url else "org.apache.derby.iapi.jdbc.AutoloadedDriver"
    return spark.read.jdbc(url, table, properties={"driver": driver}).collect()


def rate():
    return spark.readStream.format("rate").load().writeStream


def streams(writer):
    query = writer.trigger(once=True).start()
    query.awaitTermination(15)
    query.stop()
    assert query.exception() is None, query.exception()


def event_log(folder):
    os.makedirs(folder)  # noqa: PTH103
    conf = sc._jsc.sc().getConf()
    nobody = jvm.scala.Option.empty()
    log = jvm.org.apache.spark.scheduler.EventLoggingListener("app", nobody, jvm.java.net.URI("file:" + folder), conf)
    log.start()
    log.stop()
    assert os.listdir(folder)  # noqa: PTH208


def metastore(uri):
    conf = jvm.org.apache.hadoop.hive.conf.HiveConf()
    conf.set("hive.metastore.uris", uri)
    conf.set("hive.metastore.connect.retries", "1")
    conf.set("hive.metastore.client.connect.retry.delay", "0s")
    conf.set("hive.metastore.client.socket.timeout", "3s")
    jvm.org.apache.hadoop.hive.metastore.HiveMetaStoreClient(conf)


def ivy(root):
    with open("/tmp/ivysettings.xml", "w") as settings:  # noqa: S108
        settings.write(IVY.format(root=root))
    jvm.java.lang.System.setProperty("spark.jars.ivySettings", "/tmp/ivysettings.xml")  # noqa: S108
    jvm.java.lang.System.setProperty("spark.jars.ivy", "/tmp/ivy")  # noqa: S108


def log_settings(url):
    jvm.java.lang.System.setProperty("log4j2.configurationAllowedProtocols", "http")
    jvm.org.apache.logging.log4j.core.config.ConfigurationSource.fromUri(jvm.java.net.URI(url))


def master(url):
    spark.stop()
    threading.Thread(target=SparkSession.builder.master(url).getOrCreate, daemon=True).start()
    time.sleep(3)  # it goes on trying for a minute


def said(error):
    """Return the innermost cause, in one line."""
    text = str(error)
    causes = re.findall(r"(?m)^(?:Caused by: )?((?:[\w$]+\.)*\w*(?:Error|Exception)\b.*)$", text)
    first = f"{type(error).__name__}: {text.strip().splitlines()[0] if text.strip() else ''}"
    plain = [one for one in causes if "." not in one.partition(":")[0]]
    return (plain or causes[-1:] or [first])[0][:300] if type(error).__name__ != "AssertionError" else first


def attempt(code, port, outcome):
    """Run one attempt and note what became of it."""
    try:
        exec(code, globals() | {"P": port})  # noqa: S102 - our own table
        outcome.update(through=True, detail="")
    except BaseException as error:  # noqa: BLE001 - whatever Spark raises
        outcome.update(through=False, detail=said(error))


def main():
    for one in GIVEN["attempts"]:
        outcome = {"name": one["name"], "through": False, "detail": "TimeoutError: no end"}
        begun = time.monotonic()
        thread = threading.Thread(target=attempt, args=(one["code"], F["ports"].get(one["name"]), outcome), daemon=True)
        thread.start()
        thread.join(SECONDS)
        print(json.dumps(dict(outcome, seconds=round(time.monotonic() - begun, 2))), flush=True)  # noqa: T201
    proc = sc._gateway.proc if sc._gateway else None
    if proc is not None:
        proc.stdin.close()  # Java ends with it
        try:
            proc.wait(5)
        except subprocess.TimeoutExpired:
            proc.kill()
    os._exit(0)


if __name__ == "__main__":
    main()
    del SparkFiles, udf, socket
