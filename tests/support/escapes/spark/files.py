"""Spark reading and writing what is not the project's: by its sources, by functions of Python, by Java itself.

`HUB` is the hub's database, a secret; `OUT` a path in another project's workspace that is not there yet.
"""

from __future__ import annotations

from escapes.attempt import Table
from escapes.files import HELD

SPARK_FILES = Table("Spark")
for _what in (
    "another project's view",
    "another project's workspace",
    "the release service's signing key",
    "the landing zone",
):
    SPARK_FILES.add(
        f"spark.read.text of {_what}",
        f"assert F['secret'] in texts(F['house'] + '/{HELD[_what]}')",
        "mounts",
        "privilege",
    )
for _what, _code in {
    "spark.read.text of the hub's database": "texts(HUB)",
    "spark.read.binaryFile of the hub's database": "spark.read.format('binaryFile').load(HUB).first().content.decode()",
    "spark.read.csv of the hub's database": "spark.read.csv(HUB).first()[0]",
    "spark.read of a link in /tmp to the hub's database": "(os.symlink(HUB, '/tmp/link'), texts('/tmp/link'))[1]",
    "SQL on a file of the hub": "spark.sql(f'SELECT * FROM text.`{HUB}`').first()[0]",
    "a table on a file of the hub": (
        "(spark.sql(f\"CREATE TABLE held USING text LOCATION '{HUB}'\"), spark.table('held').first()[0])[1]"
    ),
    "every file of the hub's folder": "sc.wholeTextFiles(os.path.dirname(HUB)).values().reduce(lambda a, b: a + b)",
    "a function of Python that reads the hub's database": "each(lambda: open(HUB).read())",
    "a column's function of Python that reads it": (
        "spark.range(1).select(udf(lambda _: open(HUB).read())('id')).first()[0]"
    ),
    "a source of data written in Python that reads it": "source(HUB)",
    "a program started by a function of Python": (
        "each(lambda: subprocess.check_output(['/usr/bin/cat', HUB], text=True))"
    ),
    "a program started by RDD.pipe": "' '.join(sc.parallelize(['x'], 1).pipe(f'/usr/bin/cat {HUB}').collect())",
    "a program started by SQL's TRANSFORM": (
        "spark.sql(f\"SELECT TRANSFORM(1) USING '/usr/bin/cat {HUB}' AS (line string)\").first()[0]"
    ),
    "a program started by Java": "java_runs('/usr/bin/cat', HUB)",
    "a file read by Java": "jvm.java.nio.file.Files.readString(path(HUB))",
    "a file of the hub added to the session": (
        "(sc.addFile(HUB), each(lambda: open(SparkFiles.get('hub.sqlite')).read()))[1]"
    ),
}.items():
    SPARK_FILES.add(_what, f"assert F['secret'] in {_code}", "mounts", "privilege")
SPARK_FILES.add(
    "a process of the host, seen by Java",
    "assert jvm.java.lang.ProcessHandle.of(F['host_process']).isPresent()",
    "processes",
)
SPARK_FILES.add(
    "the environment of a process of the host, read by Java",
    "assert 'PLANTED' in jvm.java.nio.file.Files.readString(path('/proc/%d/environ' % F['host_process']))",
    "processes",
    "privilege",
    root_only=True,
)
for _what, _code in {
    "write.parquet into another project": "spark.range(1).write.parquet(OUT)",
    "write.text into another project": "spark.range(1).selectExpr('string(id)').write.mode('append').text(OUT)",
    "saveAsTable into another project": "spark.range(1).write.option('path', OUT).saveAsTable('taken_out')",
    "a database of tables in another project": (
        "spark.sql(f\"CREATE DATABASE far LOCATION '{OUT}'\"); spark.range(1).write.saveAsTable('far.taken')"
    ),
    "SQL's INSERT into a folder of another project": (
        "spark.sql(f\"INSERT OVERWRITE DIRECTORY '{OUT}' USING parquet SELECT 1 AS x\")"
    ),
    "saveAsTextFile into another project": "sc.parallelize(['x'], 1).saveAsTextFile(OUT)",
    "checkpoints in another project": (
        "sc.setCheckpointDir(OUT); r = sc.parallelize([1], 1); r.checkpoint(); r.count()"
    ),
    "a stream's state in another project": "streams(rate().option('checkpointLocation', OUT).format('noop'))",
    "an event log in another project": "event_log(OUT)",
    "a database of Derby (a metastore's) in another project": (
        "jvm.java.sql.DriverManager.getConnection(f'jdbc:derby:{OUT};create=true').close()"
    ),
    "spark.read.jdbc that makes a database in another project": (
        "jdbc(f'jdbc:derby:{OUT};create=true', '(SELECT 1 AS n FROM SYSIBM.SYSDUMMY1) AS t')"
    ),
    "a file written by Java": "jvm.java.io.FileWriter(OUT).close()",
    "a file written by a function of Python": "each(lambda: open(OUT, 'w').write('x'))",
}.items():
    _out = f"workspaces/other/bob/a{len(SPARK_FILES.attempts)}"
    SPARK_FILES.add(_what, f"OUT = F['house'] + '/{_out}'; {_code}", "mounts", "read_only", "privilege", makes=_out)
SPARK_FILES.add(
    "write.parquet into the project's own view",
    "spark.range(1).write.parquet('/data/offences/added.parquet')",
    "read_only",
    "privilege",
)
SPARK_FILES.add(
    "an append to a table of the project's own view",
    "spark.range(1).write.mode('append').parquet('/data/offences')",
    "read_only",
    "privilege",
)
